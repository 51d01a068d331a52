package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

func testKey(t testing.TB, fill byte) LogKey {
	t.Helper()
	k, err := NewLogKey("xuanping.example/ledger", bytes.Repeat([]byte{fill}, 32))
	ok(t, err)
	return k
}

// fullBook is the book with mail, a paper, a publication and a warning's mail.
func fullBook(t testing.TB) (*store.Store, string) {
	t.Helper()
	s, url := book(t)
	one := storetest.Ref(year, 1)
	papers := []campaign.Paper{campaign.ReportPaper, campaign.HonourPaper, campaign.ResultPaper, campaign.AppealPaper, campaign.ReceiptPaper}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, kind := range papers[2:] {
			tx.Queue(store.Intent{Key: "2025/CNCA-R-2002-001/paper/" + string(kind), Kind: store.PaperIntent, Ref: one, Body: store.PaperBody{Kind: kind}})
		}
		tx.Queue(store.Intent{Key: "2025/CNCA-R-2002-001/paper/report", Kind: store.PaperIntent, Ref: one, Body: store.PaperBody{Kind: campaign.ReportPaper, Version: 2}},
			store.Intent{Key: "2025/CNCA-R-2002-001/mail/result", Kind: store.MailIntent, Ref: one, Body: store.MailBody{Template: "result", To: "institution", Date: reviewed, Data: map[string]string{"by": "李四的话"}}},
			store.Intent{Key: "2025/CNCA-R-2002-001/paper/honour", Kind: store.PaperIntent, Ref: one, Body: store.PaperBody{Kind: campaign.CertificatePaper, Honour: 1}})
		return nil
	}, func(ctx context.Context, tx *store.Tx) error {
		for _, kind := range papers {
			key := string(kind)
			if err := tx.AddPaper(ctx, store.Paper{Key: "2025/CNCA-R-2002-001/paper/" + key, Year: year, Code: one.Code, Kind: kind, Number: "宣评〔2026〕1号", Verify: "V-" + key,
				PDF: []byte("%PDF-1.7 \"\\ 王五 " + key), At: reviewed}); err != nil {
				return err
			}
		}
		latest, err := tx.LatestResults(ctx, year)
		if err != nil {
			return err
		}
		totals := map[string]rubric.Points{}
		for _, v := range latest {
			if v.Scored {
				totals[v.Code] = v.Total
			}
		}
		return tx.AddPublication(ctx, year, "o1", reviewed, totals)
	})
	jobs, err := s.Take(t.Context(), store.MailIntent, 10)
	ok(t, err)
	if len(jobs) != 1 {
		t.Fatalf("%d letters to send", len(jobs))
	}
	_, err = s.SentAs(t.Context(), jobs[0], "result 0f1e2d3c") // sending a letter does not change what it is
	ok(t, err)
	_, err = s.Done(t.Context(), jobs[0], "accepted", "provider-1", "", reviewed)
	ok(t, err)
	_, err = Checkpoint(t.Context(), s, testKey(t, 7), reviewed)
	ok(t, err)
	return s, url
}

func sealed(t testing.TB, s *store.Store, names bool) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := Seal(t.Context(), s, SealOptions{Year: year, WithNames: names, Build: "test", Key: testKey(t, 7), Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile(),
		Histories: recorded(t, "")}, &b)
	ok(t, err)
	return b.Bytes()
}

func verify(t testing.TB, data []byte, keys ...string) ArchiveReport {
	t.Helper()
	r, err := VerifyArchive(bytes.NewReader(data), int64(len(data)), ArchiveOptions{Keys: keys, Register: tell, Parallel: 2})
	ok(t, err)
	return r
}

// Feature 4: a sealed year verifies with nothing but itself, with names and without;
// twice the same bytes.
func TestSealedYearVerifies(t *testing.T) {
	s, _ := fullBook(t)
	for _, names := range []bool{false, true} {
		data := sealed(t, s, names)
		if !bytes.Equal(data, sealed(t, s, names)) {
			t.Errorf("names %v: sealed again, the bytes differ", names)
		}
		r := verify(t, data, testKey(t, 7).Public())
		for _, f := range r.Faults {
			t.Errorf("names %v: %s", names, f)
		}
		if !r.Trusted || r.Rows < 40 || r.Facts < 30 || r.Replayed != 4 || r.Recount.Institutions != 2 || r.Recount.Versions != 3 || (r.Compared > 30) != names {
			t.Errorf("names %v: %d rows, %d compared, %d facts, %d replayed, %+v", names, r.Rows, r.Compared, r.Facts, r.Replayed, r.Recount)
		}
		if r = verify(t, data); r.Trusted || !r.Sound() {
			t.Errorf("without a key: %v %v", r.Trusted, r.Faults)
		}
		if r = verify(t, data, testKey(t, 8).Public()); r.Sound() || r.Faults[0].Place != "manifest.sig" {
			t.Errorf("another key: %v", r.Faults)
		}
	}
}

// Without --with-names an archive holds no word that a person wrote and no word
// about one, no row key and no paper about a person (S11).
func TestArchiveWithoutNames(t *testing.T) {
	s, _ := fullBook(t)
	named, plain := sealed(t, s, true), sealed(t, s, false)
	for _, word := range []string{"张三", "证据成立", "材料齐全", "请复核", "李四", "负责人1", "联系人2", "cb1@institution.example", "13800000001", "评审甲", "r1@staff.example", "王五 honour", "王五 result", "王五 appeal", "王五 receipt", "row_keys"} {
		if !bytes.Contains(named, []byte(word)) {
			t.Errorf("%q is not even in the archive with names", word)
		}
		if bytes.Contains(plain, []byte(word)) {
			t.Errorf("%q is in the archive without names", word)
		}
	}
	if !bytes.Contains(plain, []byte("示例认证机构1号")) || !bytes.Contains(plain, []byte("王五 report")) {
		t.Error("institutions or papers are missing")
	}
	if m := verify(t, plain).Manifest; len(m.Withheld) != 4 || m.Papers != 1 {
		t.Errorf("%d papers, withheld are %v", m.Papers, m.Withheld)
	}
	if bytes.Contains(named, []byte(`"password"`)) && !bytes.Contains(named, []byte(`"cut": [`)) {
		t.Error("passwords")
	}
}

// Feature 4: one flipped bit anywhere in the file is found, and its place named.
func TestOneFlippedByteIsNamed(t *testing.T) {
	s, _ := fullBook(t)
	data := sealed(t, s, true)
	r := rand.New(rand.NewPCG(4, 4))
	place := spans(t, data)
	key := testKey(t, 7).Public()
	flips := make([]int, 0, 260)
	for range 200 {
		flips = append(flips, r.IntN(len(data)))
	}
	for range 60 { // small places would else be hit too seldom
		var all []string
		for name := range place {
			all = append(all, name)
		}
		slices.Sort(all)
		p := place[all[r.IntN(len(all))]]
		flips = append(flips, p[0]+r.IntN(p[1]-p[0]))
	}
	flips = append(flips, 0, len(data)-1, len(data)-10)
	for _, at := range flips {
		bad := slices.Clone(data)
		bad[at] ^= 1 << r.IntN(8)
		got := verify(t, bad, key)
		if got.Sound() {
			t.Errorf("byte %d of %d: not found", at, len(data))
			continue
		}
		for name, p := range place {
			if at >= p[0] && at < p[1] && !slices.ContainsFunc(got.Faults, func(f ArchiveFault) bool { return strings.Contains(f.Place, name) }) {
				t.Errorf("byte %d lies in %s, named is %v", at, name, got.Faults)
			}
		}
	}
	t.Logf("%d flips in %d bytes found, the entry named", len(flips), len(data))
	for _, bad := range [][]byte{append(slices.Clone(data), 0), append([]byte{0}, data...), data[:len(data)-1], nil} {
		if verify(t, bad, key).Sound() {
			t.Errorf("%d instead of %d bytes: not found", len(bad), len(data))
		}
	}
}

// spans gives for every entry where its bytes lie.
func spans(t testing.TB, data []byte) map[string][2]int {
	t.Helper()
	u := &unsealer{file: bytes.NewReader(data), size: int64(len(data)), out: &ArchiveReport{}}
	if !u.open(nil) {
		t.Fatal(u.out.Faults)
	}
	all := map[string][2]int{}
	for name, f := range u.entries {
		at, err := f.DataOffset()
		ok(t, err)
		if f.UncompressedSize64 > 0 {
			all[name] = [2]int{int(at), int(at) + int(f.UncompressedSize64)}
		}
	}
	return all
}

// Whoever has the ledger's key can sign another year; what he changed still does
// not follow from the ledger, whose records he cannot change as well without
// another head than letters carry.
func TestForgedArchive(t *testing.T) {
	s, url := crowdedBook(t)
	for name, c := range map[string]struct{ sql, place, say string }{
		"a mark":           {`update sheet set marks = jsonb_set(marks, '{0,points}', '100') where reviewer = 'r1'`, "独立复算", "第 1 项得分"},
		"a total":          {`update result set total = 9900 where version = 2`, "facts/result.jsonl", "total 为 9900"},
		"a card":           {`update result set card = jsonb_set(card, '{rows,4,points}', '500') where version = 1 and code = 'CNCA-R-2002-001'`, "独立复算", "第 5 项得分"},
		"an event":         {`update event set points = 500 where id = 4`, "facts/event.jsonl", "points 为 500"},
		"a ruling gone":    {`delete from appeal_ruling`, "facts/appeal_ruling.jsonl", "缺少"},
		"a published":      {`update publication set totals = jsonb_set(totals, '{CNCA-R-2002-001}', '9900')`, "独立复算", "公布的总分"},
		"a paper":          {`update paper set pdf = '\x00' where key like '%report'`, "papers/2025_CNCA-R-2002-001_paper_report.pdf", "摘要"},
		"a row put in":     {`insert into number values ('伪造', 2025, 1, 'CNCA-R-2002-001')`, "facts/number.jsonl 第 1 行", "账本没有"},
		"a record":         {`update leaf set record = replace(record, '"by":"o1"', '"by":"o2"') where idx = 3`, "ledger/", "第 3 条"},
		"the settings":     {`update rules set body = jsonb_set(body, '{settings,excellent}', '1')`, "facts/rules.jsonl", "摘要"},
		"a number gone":    {`delete from number where series = '宣评告'`, "facts/number.jsonl", `缺少 ["宣评告",2025,1]`},
		"a link gone":      {`delete from ticket`, "facts/ticket.jsonl", "缺少 "},
		"the 201st row":    {`delete from evidence where id = (select max(id) from evidence)`, "facts/evidence.jsonl", "缺少 "},
		"who was a scorer": {`update sheet set reviewer = 'r3' where reviewer = 'r1'`, "facts/sheet.jsonl", "缺少"},
	} {
		t.Run(name, func(t *testing.T) {
			if s == nil {
				s, url = crowdedBook(t)
			}
			tamper(t, url, c.sql)
			for _, names := range []bool{false, true} {
				r := verify(t, sealed(t, s, names))
				if !slices.ContainsFunc(r.Faults, func(f ArchiveFault) bool { return f.Place == c.place && strings.Contains(f.Say, c.say) }) {
					t.Errorf("names %v: %q at %s is not said: %v", names, c.say, c.place, r.Faults)
				}
			}
			s = nil
		})
	}
}

// crowdedBook is the full one with an act of more rows than a record has room
// for, and acts that have no record but that of their rows.
func crowdedBook(t testing.TB) (*store.Store, string) {
	t.Helper()
	s, url := fullBook(t)
	one := storetest.Ref(year, 1)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i := range store.RowsPerLeaf + 1 {
			if _, err := tx.AddEvidence(ctx, one, store.Evidence{Row: 1, Name: "n", Media: "text/plain", Size: 1, Digest: store.Digest(i), ByName: "张三", At: reviewed}); err != nil {
				return err
			}
		}
		return nil
	}, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Numbers(ctx, campaign.ResultPaper.Series(), year, []string{one.Code})
		return err
	}, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddTicket(ctx, []byte("id"), store.Ticket{Year: year, Code: one.Code, Scope: "act", Intent: "2025/CNCA-R-2002-001/mail/result", IssuedAt: reviewed, ExpiresAt: reviewed.AddDate(1, 0, 0)})
	})
	return s, url
}

// The lists that an archive holds for readers say what its facts say: a letter
// or an institution that is left out of them, or told otherwise, is named.
func TestForgedLists(t *testing.T) {
	s, _ := fullBook(t)
	for _, names := range []bool{false, true} {
		data := sealed(t, s, names)
		for name, forge := range map[string]func(string) string{
			"mails/mails.jsonl 第 1 行": func(string) string { return "" },
			"roster.jsonl 第 1 行": func(text string) string {
				return strings.Replace(text, "示例认证机构1号", "示例认证机构9号", 1)
			},
			"roster.jsonl 第 2 行": func(text string) string { return text[:strings.Index(text, "\n")+1] },
		} {
			entry, _, _ := strings.Cut(name, " ")
			r := verify(t, rebound(t, data, entry, forge), testKey(t, 7).Public())
			if len(r.Faults) != 1 || r.Faults[0].Place != name || !strings.Contains(r.Faults[0].Say, "与 facts 中的数据不一致") {
				t.Errorf("names %v, %s: %v", names, name, r.Faults)
			}
		}
	}
}

// Whoever seals with names cannot leave out the keys by which every cell is checked.
func TestArchiveWithoutItsKeys(t *testing.T) {
	s, url := fullBook(t)
	tamper(t, url, `delete from row_key where year = 2025`)
	if r := verify(t, sealed(t, s, true)); len(r.Faults) != 1 || r.Faults[0].Place != manifestName || !strings.Contains(r.Faults[0].Say, "2025 年度没有行密钥") {
		t.Errorf("%v", r.Faults)
	}
}

// rebound binds an archive again with another text of one entry, signed with the ledger's key.
func rebound(t testing.TB, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	u := &unsealer{file: bytes.NewReader(data), size: int64(len(data)), out: &ArchiveReport{}}
	if !u.open(nil) {
		t.Fatal(u.out.Faults)
	}
	var out bytes.Buffer
	b := newBinder(&out)
	for _, e := range u.out.Manifest.Entries {
		text, err := u.read(e.Name)
		ok(t, err)
		if e.Name == name {
			text = []byte(change(string(text)))
		}
		ok(t, b.add(e.Name, text))
	}
	ok(t, b.close(u.out.Manifest, testKey(t, 7)))
	return out.Bytes()
}

// The independent count of an archive gives the places that pages show.
func TestR8PlacesOfAnArchive(t *testing.T) {
	s, _ := fullBook(t)
	want, err := Places(t.Context(), s.Reader, year)
	ok(t, err)
	got := verify(t, sealed(t, s, false)).Recount.Places
	if len(got) != len(want) || len(got) != 2 {
		t.Fatalf("%v, pages show %v", got, want)
	}
	for i, p := range want {
		if got[i].Code != p.Code || got[i].Rank != p.Rank || got[i].CategoryRank != p.CategoryRank || got[i].Total != int(p.Total) {
			t.Errorf("%+v, pages show %s %d %d", got[i], p.Code, p.Rank, p.CategoryRank)
		}
	}
	if b, err := json.Marshal(got); err != nil || got[0].Rank != 1 {
		t.Errorf("%s %v", b, err)
	}
}
