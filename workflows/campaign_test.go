package workflows

import (
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
)

var threePages = []string{"CNCA-R-2002-100", "CNCA-R-2010-200", "CNCA-R-2019-300"}

func TestCampaign(t *testing.T) {
	all := contract.CampaignOutcome{Institutions: 3, Certificates: 1, Warnings: 1}
	ask := contract.PublishAsk{By: "o-1"}
	for _, c := range []struct {
		name string
		in   contract.CampaignInput
		play func(p *play)
	}{
		{"normal", contract.CampaignInput{}, func(p *play) {
			tell(p, "2028-05-24 10:00", contract.PublishMsg, ask) // a day early
			tell(p, "2028-05-25 08:00", contract.PublishMsg, ask)
		}},
		{"outstanding-then-published", contract.CampaignInput{}, func(p *play) {
			p.outstanding = 2
			tell(p, "2028-05-26 10:00", contract.PublishMsg, ask)
			tell(p, "2028-06-07 10:00", contract.PublishMsg, ask)
			tell(p, "2028-06-07 10:00", contract.PublishMsg, ask)
		}},
		{"officers-silent", contract.CampaignInput{}, func(p *play) {
			tell(p, "2028-12-01 10:00", contract.PublishMsg, ask)
		}},
		{"rules-moved", contract.CampaignInput{}, func(p *play) {
			move := func(at string, set func(c *campaign.Calendar)) {
				moved := rules
				set(&moved.Calendar)
				tell(p, at, contract.RulesMovedMsg, moved)
			}
			move("2027-01-05 10:00", func(c *campaign.Calendar) { c.Launch = "2027-01-08" })
			back := func(c *campaign.Calendar) { c.Launch = "2027-01-08" }
			move("2027-06-01 10:00", func(c *campaign.Calendar) { back(c); c.PlanDue = "2027-03-15" })      // has been
			move("2027-06-01 10:01", func(c *campaign.Calendar) { back(c); c.Quarters[1] = "2027-05-31" })  // would have been
			move("2027-06-01 10:02", func(c *campaign.Calendar) { back(c); c.SelfScoreDue = "2028-03-08" }) // out of order
			move("2027-06-01 10:03", func(c *campaign.Calendar) { back(c); c.Year = 2028 })                 // another campaign
			move("2027-06-01 10:04", func(c *campaign.Calendar) { back(c); c.SelfScoreDue = "2028-02-04" }) // good
			move("2028-06-02 10:00", func(c *campaign.Calendar) { back(c); c.SelfScoreDue = "2028-02-04" }) // nothing moves
			move("2028-06-02 10:01", func(c *campaign.Calendar) { back(c); c.Publication = "2028-06-20" })  // has been
			tell(p, "2028-06-05 10:00", contract.PublishMsg, ask)
		}},
		{"admissions", contract.CampaignInput{}, func(p *play) {
			admit := func(at, code string) {
				tell(p, at, contract.AdmitMsg, contract.AdmitAsk{Code: code, By: "o-1"})
			}
			admit("2027-01-05 10:00", "CNCA-R-2027-001") // before the launch
			admit("2027-07-12 10:00", "CNCA-R-2027-001")
			admit("2027-07-12 10:00", "CNCA-R-2027-404") // unknown: the others go on
			admit("2027-07-12 10:00", "2027-002")
			tell(p, "2028-05-25 10:00", contract.PublishMsg, ask)
		}},
		{"taken-up", contract.CampaignInput{Launched: true, Assigned: true}, func(p *play) {
			tell(p, "2028-05-25 10:00", contract.PublishMsg, ask)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, "2027-01-04")
			p.pages = threePages
			c.play(p)
			var launch, end contract.PageOut
			p.on("2027-01-04 10:00", func() { launch = p.progress() })
			p.on("2027-02-01", func() { end = p.progress() })
			c.in.Rules = rules
			var got contract.CampaignOutcome
			p.live(contract.CampaignType, c.in, &got)
			if got != all {
				t.Errorf("outcome %+v, want %+v", got, all)
			}
			if want := (contract.PageOut{Done: 3, Total: 3}); !c.in.Launched && (launch != contract.PageOut{} || end != want) {
				t.Errorf("progress %+v before the launch and %+v after, want nothing and %+v", launch, end, want)
			}
		})
	}
}

func (p *play) progress() (out contract.PageOut) {
	v, err := p.QueryWorkflow(ProgressQuery)
	if err == nil {
		err = v.Get(&out)
	}
	if err != nil {
		p.t.Error(err)
	}
	return out
}
