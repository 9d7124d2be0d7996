"""A kind of import contract that import-linter does not bring along."""

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import Module


class OnlyContract(Contract):
    """Of our own packages, ``importer`` may directly import itself and ``allowed``, nothing else."""

    type_name = "only"

    importer = fields.ModuleField()
    allowed = fields.ListField(subfield=fields.ModuleField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        inside: Module = self.importer  # type: ignore[assignment]
        permitted: list[Module] = [inside, *self.allowed]  # type: ignore[misc]
        offences = [
            detail
            for importer in sorted({inside.name, *graph.find_descendants(inside.name)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not graph.is_module_squashed(imported)
            and not any(_is_within(imported, package.name) for package in permitted)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not offences, metadata={"offences": offences})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for offence in check.metadata["offences"]:
            output.print_error(
                f"{offence['importer']} may not import {offence['imported']} (line {offence['line_number']})"
            )


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
