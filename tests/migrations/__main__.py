import sys

import django


def main(arguments: list[str]) -> int:
    django.setup()
    from tests.migrations import locking

    if arguments == ["--accept"]:
        print(f"Installations have the migrations of {locking.accept()} apps as they are now.")
        return 0
    judged = {key: locking.judge(key) for key in locking.new()}
    for (label, name), found in judged.items():
        for sentence in found:
            print(f"{label} {name}: {sentence}", file=sys.stderr)
    wrong = sum(map(bool, judged.values()))
    print(f"{len(judged)} new migrations, {wrong} of them would stop a running market.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
