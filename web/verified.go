package web

import (
	"net/http"
	"slices"

	"xuanping/campaign"
	"xuanping/store"
)

// certificates hands out those that papers are signed with, so that anybody can
// check a paper on a machine of his own (S10).
func (s *Server) certificates(w http.ResponseWriter, r ask) error {
	if len(s.Certificates) == 0 {
		return campaign.Fail(campaign.NotFound, "本系统没有设置签名证书")
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", `attachment; filename="certificates.pem"`)
	_, _ = w.Write(s.Certificates)
	return nil
}

// successors are the kinds of paper that take the place of another when they are
// issued; certificates and the papers of a warning stand side by side.
var successors = map[campaign.Paper][]campaign.Paper{
	campaign.ResultPaper:     {campaign.ResultPaper, campaign.FinalPaper},
	campaign.FinalPaper:      {campaign.FinalPaper},
	campaign.YearReportPaper: {campaign.YearReportPaper},
	campaign.ReportPaper:     {campaign.ReportPaper},
}

// stands looks among the papers that have reached the institution: one that is
// printed and not served yet takes no other's place.
func (s *Server) stands(r ask, p store.Paper) (state, note string, err error) {
	ref := campaign.Ref{Year: p.Year, Code: p.Code}
	all, err := s.store.Papers(r.Context(), ref)
	if err != nil {
		return "", "", err
	}
	if p.Code != "" && successors[p.Kind] != nil {
		leaves, err := s.store.Leaves(r.Context(), ref)
		if err != nil {
			return "", "", err
		}
		all = handed(all, leaves)
	}
	if p.Kind == campaign.CertificatePaper {
		if fix, gone, err := s.takenOff(r, p); err != nil || gone {
			return "已撤销", "已从 " + itoa(p.Year) + " 年度优秀单位名单中去掉：" + fix + "。见公布页的更正记录", err
		}
	}
	state, note = standing(p, all)
	return state, note, nil
}

// takenOff tells whether a published correction took the holder of a certificate
// off the list, and why (PL-13).
func (s *Server) takenOff(r ask, p store.Paper) (reason string, gone bool, err error) {
	releases, err := s.store.Releases(r.Context(), p.Year)
	if err != nil || len(releases) == 0 {
		return "", false, err
	}
	last := releases[len(releases)-1]
	if slices.ContainsFunc(last.Body.Excellent, func(n campaign.Named) bool { return n.Code == p.Code }) {
		return "", false, nil
	}
	fixes, err := s.store.Corrections(r.Context(), p.Year)
	for _, f := range fixes {
		if f.Kind == "remove" && f.Code == p.Code {
			return f.Reason, true, err
		}
	}
	return "", false, err
}

// standing says whether a paper stands among all papers of its institution, or which one took its place.
func standing(p store.Paper, all []store.Paper) (state, note string) {
	last := p
	for _, o := range all {
		final := o.Kind == campaign.FinalPaper && last.Kind == campaign.ResultPaper
		later := o.At.After(last.At) || o.At.Equal(last.At) && o.Key > last.Key
		if slices.Contains(successors[p.Kind], o.Kind) && (final || later && (o.Kind == last.Kind)) {
			last = o
		}
	}
	if last.Key == p.Key {
		return "有效", ""
	}
	note = "本文书所载内容已由" + last.Kind.Chinese()
	if last.Number != "" {
		note += " " + last.Number
	}
	return "已更新", note + " 代替"
}
