// Keeps the draft of the score sheet while it is typed, counts, and knows keys.
// The page works without it.
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

  // What has been marked, as it is typed.
  var fields = [].slice.call(form.querySelectorAll('input[name^="points-"]'));
  function count() {
    var done = 0, sum = 0;
    fields.forEach(function (f) {
      var typed = f.value.trim(), good = /^\d+(\.\d{1,2})?$/.test(typed), no = f.name.slice(7), link = document.getElementById("jump-" + no);
      if (good) { done++; sum += Math.round(parseFloat(typed) * 100); }
      link.className = good ? "done" : "";
      link.setAttribute("aria-label", "第 " + no + " 项" + (good ? "，已打分" : ""));
    });
    var text = (sum / 100).toFixed(2);
    document.getElementById("given").textContent = done;
    document.getElementById("given-sum").textContent = text.slice(-1) === "0" ? text.slice(0, -1) : text;
    var bar = document.getElementById("given-bar");
    bar.setAttribute("width", 200 * done / fields.length);
    bar.parentNode.setAttribute("aria-label", "已打分的指标：" + done + " / " + fields.length);
  }
  form.addEventListener("input", count);
  count();

  // A file is fetched when its preview is opened, and drawn in its place.
  document.addEventListener("toggle", function (e) {
    var box = e.target, as = box.getAttribute && box.getAttribute("data-as");
    if (!as || !box.open || box.querySelector(as)) return;
    var drawn = document.createElement(as);
    drawn.setAttribute(as === "img" ? "alt" : "title", box.getAttribute("data-name"));
    drawn.src = box.getAttribute("data-view");
    box.appendChild(drawn);
  }, true);

  // Alt+J and Alt+K go from row to row, Alt+P through the files of the row.
  function here() {
    var row = document.activeElement && document.activeElement.closest(".judge");
    return fields.findIndex(function (f) { return f.closest(".judge") === row; });
  }
  function preview(row) {
    var all = [].slice.call(row.querySelectorAll("details.preview")), at = all.findIndex(function (d) { return d.open; });
    if (at >= 0) all[at].open = false;
    if (at + 1 < all.length) { all[at + 1].open = true; all[at + 1].scrollIntoView({ block: "nearest" }); }
  }
  document.addEventListener("keydown", function (e) {
    if (!e.altKey || e.ctrlKey || e.metaKey) return;
    var at = here();
    if (e.code === "KeyJ" && at + 1 < fields.length) fields[at + 1].focus();
    else if (e.code === "KeyK" && at > 0) fields[at - 1].focus();
    else if (e.code === "KeyP" && at >= 0) preview(fields[at].closest(".judge"));
    else return;
    e.preventDefault();
  });
})();
