// Oscar writes what its "cancel" links do into the page itself, which the policy of the page refuses.
document.addEventListener("click", (event) => {
  const does = event.target.closest("a[onclick]")?.getAttribute("onclick") ?? "";
  if (does.includes("history.go(-1)")) history.back();
  else if (does.includes("window.close()")) window.close();
  else return;
  event.preventDefault();
});
