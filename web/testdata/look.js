// What a page must be for everybody who reads it; answers with a list of faults.
(width => {
  const faults = [], all = s => [...document.querySelectorAll(s)], doc = document.documentElement;
  const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className.baseVal ?? e.className ? "." + (e.className.baseVal ?? e.className) : "") + "「" + (e.innerText || e.value || e.name || "").trim().slice(0, 20) + "」";
  const seen = e => e.checkVisibility({checkVisibilityCSS: true}) && e.getClientRects().length > 0;
  const label = e => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(/\s+/).map(i => document.getElementById(i)?.textContent ?? "").join("") || e.innerText || "").trim();

  if (doc.lang !== "zh-CN") faults.push("lang 为 " + doc.lang);
  if (!document.title.trim()) faults.push("没有标题");
  if (doc.scrollWidth > width) faults.push("需要横向滚动：" + doc.scrollWidth + " " + all("body *").filter(e => e.getBoundingClientRect().right > width + .5 && !e.closest(".scroll, svg, .skip")).slice(0, 4).map(name));
  for (const s of ["h1", "main"]) if (all(s).length !== 1) faults.push(s + " 有 " + all(s).length + " 个");
  let level = 0;
  for (const h of all("h1, h2, h3, h4, h5, h6").filter(seen)) {
    const n = +h.tagName[1];
    if (n > level + 1 && level > 0) faults.push("标题跳级：" + name(h));
    if (h.closest("main") && !h.closest(".errors")) level = n;
  }
  for (const e of all("input:not([type=hidden]), select, textarea")) {
    if (![...e.labels].some(l => l.textContent.trim()) && !label(e)) faults.push("没有标签：" + name(e));
    if (e.labels.length && seen(e) && ![...e.labels].some(seen)) faults.push("标签看不见：" + name(e));
  }
  for (const e of all("a[href], button")) if (!label(e) && !e.closest("details:not([open])")) faults.push("没有名称：" + name(e));
  for (const e of all("img:not([alt])")) faults.push("图片没有替代文字：" + e.src);
  for (const e of all("svg")) if (!e.closest("[aria-hidden=true]") && !(e.getAttribute("role") === "img" && (label(e) || e.querySelector("title")))) faults.push("图没有名称：" + name(e));
  const ids = new Set();
  for (const e of all("[id]")) ids.has(e.id) ? faults.push("id 重复：" + e.id) : ids.add(e.id);
  for (const a of ["for", "aria-labelledby", "aria-describedby"]) for (const e of all("[" + a + "]"))
    for (const i of e.getAttribute(a).split(/\s+/).filter(Boolean)) if (!ids.has(i)) faults.push(a + " 指向不存在的 " + i);
  for (const e of all('a[href^="#"]')) if (!ids.has(e.getAttribute("href").slice(1))) faults.push("链接指向不存在的 " + e.getAttribute("href"));
  for (const e of all("table")) {
    if (e.querySelectorAll("th").length === 0) faults.push("表格没有表头：" + name(e));
    for (const h of e.querySelectorAll("th:not([scope])")) faults.push("表头没有 scope：" + name(h));
  }
  for (const e of all("body *")) {
    const over = getComputedStyle(e).overflowX;
    if ((over === "auto" || over === "scroll") && e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0 && !e.querySelector("a, button, input")) faults.push("可滚动区域不能用键盘到达：" + name(e));
  }
  for (const e of all("button, input:not([type=hidden]), select, textarea, a.btn").filter(seen)) {
    const box = (e.closest("label") ?? e).getBoundingClientRect();
    if (Math.min(box.width, box.height) < 24) faults.push("点击目标小于 24 像素：" + name(e));
  }

  // contrast of all text: 4.5 to 1, large text 3 to 1 (WCAG 2.2, 1.4.3)
  const rgb = c => (c.match(/[\d.]+/g) ?? []).map(Number);
  const lum = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => {
    for (; e; e = e.parentElement) {
      const s = getComputedStyle(e), c = rgb(s.backgroundColor);
      if (s.backgroundImage !== "none") return null; // judged by eye
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const e of all("body *")) {
    if (e.closest("svg, .skip, .unseen") || !seen(e) || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const s = getComputedStyle(e), back = behind(e), size = parseFloat(s.fontSize);
    if (!back) continue;
    const [hi, lo] = [lum(rgb(s.color).slice(0, 3)), lum(back)].sort((a, b) => b - a), ratio = (hi + .05) / (lo + .05);
    if (ratio < (size >= 24 || size >= 18.66 && s.fontWeight >= 700 ? 3 : 4.5)) poor.add("对比度 " + ratio.toFixed(2) + "：" + name(e));
    if (size < 12) poor.add("字号 " + size + "：" + name(e));
  }
  return [...faults, ...poor];
})
