// Keeps the draft of the score sheet while it is typed. The page works without it.
(function () {
  "use strict";
  var form = document.getElementById("sheet"), note = document.getElementById("autosaved");
  if (!form || !note || !window.fetch || !window.URLSearchParams) return;
  var kept = text(), busy = false, again = false;
  function text() {
    var data = new URLSearchParams(new FormData(form));
    data.set("do", "autosave");
    return data.toString();
  }
  function save() {
    var now = text();
    if (busy) { again = true; return; } // a second field was left meanwhile
    if (now === kept) return;
    busy = true;
    fetch(form.action, {
      method: "POST", body: now, credentials: "same-origin", redirect: "error",
      headers: { "Content-Type": "application/x-www-form-urlencoded" }
    }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    }).then(function (clock) {
      kept = now;
      note.textContent = "已自动保存 " + clock;
    }).catch(function () {
      note.textContent = "未能自动保存，请点“保存草稿”";
    }).then(function () {
      busy = false;
      if (again) { again = false; save(); }
    });
  }
  form.addEventListener("focusout", save);
  setInterval(save, 20000);
})();
