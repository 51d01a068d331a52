// Holds a file against the digest of the paper on the page. The file is read and
// hashed in the browser and never sent; without this script the page says how to
// check a paper offline.
(function () {
  "use strict";
  var box = document.getElementById("compare"), file = document.getElementById("compare-file"), note = document.getElementById("compared");
  if (!box || !file || !note || !window.crypto || !window.crypto.subtle || !window.File || !File.prototype.arrayBuffer) return;
  var asked = 0;
  function say(text, look) {
    note.textContent = text;
    note.className = "notice " + look;
  }
  file.addEventListener("change", function () {
    var chosen = file.files[0], mine = ++asked;
    if (!chosen) return;
    say("正在核对…", "");
    chosen.arrayBuffer().then(function (bytes) {
      return crypto.subtle.digest("SHA-256", bytes);
    }).then(function (sum) {
      var hex = Array.prototype.map.call(new Uint8Array(sum), function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
      if (mine !== asked) return; // another file was chosen meanwhile
      if (hex === box.getAttribute("data-digest")) say("一致：这个文件就是系统登记的那一份，没有改动。", "notice-green");
      else say("不一致：这个文件不是系统登记的那一份。文件的摘要为 " + hex, "notice-red");
    }).catch(function () {
      if (mine === asked) say("未能读取这个文件，请重新选择。", "notice-amber");
    });
  });
  box.hidden = false;
})();
