// A button marked data-speak says its words, where the phone can speak; without that it is not there.
// Another tap stops it. Beside it the page has the same words written, for phones without such a voice.

const synth = window.speechSynthesis;

function voiceOf(voices, language) {
  const spoken = (voice) => voice.lang.replace("_", "-").toLowerCase();
  return voices.find((voice) => spoken(voice) === language.toLowerCase())
    ?? voices.find((voice) => spoken(voice).startsWith(language.slice(0, 2)));
}

function say(button) {
  const wasSpeaking = button.getAttribute("aria-pressed") === "true";
  synth.cancel();
  for (const other of document.querySelectorAll("button[data-speak]")) other.setAttribute("aria-pressed", "false");
  if (wasSpeaking) return;
  const language = document.documentElement.lang === "vi" ? "vi-VN" : "en-GB";
  const words = new SpeechSynthesisUtterance(button.dataset.speak);
  words.lang = language;
  words.rate = 0.9; // numbers are heard once
  const voice = voiceOf(synth.getVoices(), language);
  if (voice) words.voice = voice;
  words.onend = () => button.setAttribute("aria-pressed", "false");
  words.onerror = words.onend;
  button.setAttribute("aria-pressed", "true");
  synth.speak(words);
}

if (synth && "SpeechSynthesisUtterance" in window) {
  synth.getVoices(); // the first call only begins to load them
  for (const button of document.querySelectorAll("button[data-speak]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => say(button));
  }
}
