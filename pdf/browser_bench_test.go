package pdf

import (
	"bytes"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// asPage is the sample certificate as a page that a browser prints: the same
// words and places, a plain frame in place of the woven one, no code to scan.
var asPage = template.Must(template.New("").Parse(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>
@page { size: A4 landscape; margin: 0 }
body { margin: 12mm; height: 186mm; border: 6mm double #b08d3c; box-sizing: border-box; text-align: center; font-family: "LXGW WenKai", "Noto Serif CJK SC", serif; position: relative }
h1 { color: #a8201a; font-size: 44pt; letter-spacing: 14pt; margin: 14mm 0 8mm } h2 { font-size: 30pt; margin: 0 0 6mm } p { font-size: 20pt; margin: 0 }
strong { display: block; color: #a8201a; font-size: 38pt; margin: 8mm }
.left, .right { position: absolute; bottom: 8mm; font-size: 11pt; text-align: left } .left { left: 10mm } .right { right: 10mm; text-align: center; font-size: 16pt }
small { position: absolute; bottom: 2mm; left: 0; right: 0; font-size: 6.5pt }
</style><h1>荣誉证书</h1><h2>{{.Name}}</h2><p>在{{.Year}}年度认证机构宣传工作评价中成绩突出，评定为</p><strong>{{.Rating}}</strong>
<div class="left">扫码或凭验真码核对真伪<br>验真码 {{.VerifyCode}}<br>证书编号 {{.Number}}</div>
<div class="right">{{.Issuer}}<br>{{.Date.Format "2006年1月2日"}}</div><small>{{.Ledger.Line}}</small></html>`))

// BenchmarkCertificateInChromium prints the same certificate the way that
// programs without a printer of their own do. The browser may use every core.
func BenchmarkCertificateInChromium(b *testing.B) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		b.Skip("没有安装 Chromium，不作比较")
	}
	dir := b.TempDir()
	page, paper := filepath.Join(dir, "certificate.html"), filepath.Join(dir, "certificate.pdf")
	var html bytes.Buffer
	if err := asPage.Execute(&html, sampleCertificate()); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(page, html.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	print := func() {
		cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
			"--no-pdf-header-footer", "--print-to-pdf="+paper, "file://"+page)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	print() // the first start fills its profile
	for b.Loop() {
		print()
	}
	got, err := os.ReadFile(paper)
	if err != nil || !bytes.HasPrefix(got, []byte("%PDF-")) {
		b.Fatalf("no paper was printed (%v)", err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "certs/s")
}
