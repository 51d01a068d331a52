package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// kept puts a file on disk and into the evidence of the first institution.
func kept(t testing.TB, s *store.Store, blobs *store.Blobs, name string, data []byte) (id int64, digest string) {
	t.Helper()
	digest, size, err := blobs.Put(bytes.NewReader(data), 1<<20, nil)
	ok(t, err)
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = tx.AddEvidence(ctx, storetest.Ref(year, 1), store.Evidence{Row: 5, Name: name, Media: "image/jpeg", Size: size, Digest: digest, ByName: "王经办", At: reviewed})
		return err
	})
	return id, digest
}

// nominated writes a nomination with its moves.
func nominated(t testing.TB, s *store.Store, title, text string, kind campaign.HonourKind, pictures []int64, acts ...campaign.HonourAct) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		h := store.Honour{Year: year, Kind: kind, Code: storetest.Code(1), Holder: "示例认证机构1号", Title: title, Text: text, Named: true, ShownTitle: title, ShownText: text, Pictures: pictures,
			Source: "officer", By: "o1", ByName: "经办甲", Digest: store.Digest(title), At: reviewed}
		n, err := tx.AddHonour(ctx, h)
		h.N = n
		for _, a := range acts {
			var starts, ends campaign.Day
			if a == campaign.HonourShow {
				starts, ends = "2026-03-02", "2026-03-09"
			}
			if err == nil {
				err = tx.AddHonourMove(ctx, h, store.HonourMove{Act: a, Role: "officer", By: "o2", Reason: "同意", At: reviewed}, starts, ends)
			}
		}
		return err
	})
}

// PL-5: a folder for each awarded case with its text and its pictures, no phone
// numbers, nothing of where a picture was taken, every file with its digest;
// what is in quarantine or no picture is named and left out. Twice is the same.
func TestPL5Yearbook(t *testing.T) {
	s, _ := fullBook(t)
	blobs, err := store.OpenBlobs(t.TempDir())
	ok(t, err)
	shown, from := kept(t, s, blobs, "现场.jpg", photo(t, 6))
	broken, _ := kept(t, s, blobs, "坏图.jpg", photo(t, 1)[:130])
	leaked, gone := kept(t, s, blobs, "误传.jpg", photo(t, 3))
	other, _ := kept(t, s, blobs, "未选.jpg", photo(t, 8))
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddQuarantine(ctx, store.Quarantined{Year: year, Code: storetest.Code(1), Digest: gone, Reason: "误传", By: "o1", At: reviewed})
	})
	all := []campaign.HonourAct{campaign.HonourPass, campaign.HonourShow, campaign.HonourAward}
	nominated(t, s, "绿色认证进社区", "联系电话 13912345678、010-62345678，邮箱 li@cb.example，活动覆盖三个街道。", campaign.CaseHonour, []int64{shown, broken, leaked}, all...)
	nominated(t, s, "未授予的案例", "不应出现", campaign.CaseHonour, []int64{other}, campaign.HonourPass)
	nominated(t, s, "优秀人员某某", "不应出现", campaign.PersonHonour, nil, all...)
	nominated(t, s, "没有图片的案例", "只有文字", campaign.CaseHonour, nil, all...)
	var b, again bytes.Buffer
	cases, pictures, err := Yearbook(t.Context(), s, blobs, year, &b)
	ok(t, err)
	_, _, err = Yearbook(t.Context(), s, blobs, year, &again)
	ok(t, err)
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same year gives other bytes")
	}
	files := unzipped(t, b.Bytes())
	if cases != 2 || pictures != 1 || len(files) != 5 {
		t.Fatalf("%d cases, %d pictures, %d files", cases, pictures, len(files))
	}
	text := files["典型案例/01/稿件.txt"] + files["年度数据.txt"]
	for _, want := range []string{"绿色认证进社区", "活动覆盖三个街道", "示例认证机构1号", "完成评审：1 家", "电话略", "邮箱略"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for name, data := range files {
		for _, never := range []string{"13912345678", "010-62345678", "li@cb.example", "不应出现", "经办甲", "HUAWEI", "Exif", "现场.jpg"} {
			if strings.Contains(data, never) {
				t.Errorf("%s prints %q", name, never)
			}
		}
	}
	var list []yearbookFile
	ok(t, json.Unmarshal([]byte(files["清单.json"]), &list))
	left := map[string]string{}
	for _, f := range list {
		if f.Left != "" {
			left[f.File] = f.Left
			continue
		}
		sum := sha256.Sum256([]byte(files[f.File]))
		if f.Digest != hex.EncodeToString(sum[:]) || f.Size != len(files[f.File]) || (f.File == "典型案例/01/图片01.jpg") != (f.From == from) {
			t.Errorf("%+v", f)
		}
	}
	if len(list) != 6 || left["典型案例/01/图片02"] != errPicture.Error() || left["典型案例/01/图片03"] != "已隔离" {
		t.Errorf("%d lines, left out %v", len(list), left)
	}
}

func unzipped(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	ok(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		ok(t, err)
		b, err := io.ReadAll(r)
		ok(t, err)
		out[f.Name] = string(b)
	}
	return out
}
