package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// deed is something a person does with a form.
type deed struct {
	what    string // for the report
	page    string // where the form stands
	action  string // where it posts to
	fill    fields
	file    *upload
	receipt bool // the site owes a receipt
	// seen looks at the page after a lost answer: was the deed recorded?
	// nil: it was when the form is gone.
	seen func(*page) bool
}

// errNoForm says that the page does not offer what the person wants to do.
var errNoForm = errors.New("页面上没有找到所需的表单")

// do carries a deed out: look at the page, fill in the form, send it, look over
// the answers and confirm. After a lost answer it looks again before it repeats
// anything; a conflict then means that the first sending had arrived.
func (b *browser) do(ctx context.Context, d deed) error {
	lost := false
	for until := time.Now().Add(b.patience); ; {
		err := b.attempt(ctx, d, lost)
		switch {
		case err == nil:
			return nil
		case lost && statusOf(err) == http.StatusConflict:
			return nil
		case errors.Is(err, errLost) && time.Now().Before(until):
			lost = true
		default:
			return fmt.Errorf("%s：%w", d.what, err)
		}
		if err := rest(ctx); err != nil {
			return err
		}
	}
}

func (b *browser) attempt(ctx context.Context, d deed, lost bool) error {
	p, err := b.get(ctx, d.page)
	if err != nil {
		return err
	}
	if lost && d.seen != nil && d.seen(p) {
		return nil
	}
	f, ok, err := b.reach(ctx, p, d.action, d.fill)
	if err != nil {
		return err
	}
	if !ok {
		if lost && d.seen == nil {
			return nil
		}
		return fmt.Errorf("%s：%w（%s）", p.at.Path, errNoForm, clip(p.complaint(), 160))
	}
	return b.send(ctx, d, f)
}

// send posts the form and, when the site shows the answers once more, confirms.
func (b *browser) send(ctx context.Context, d deed, f form) error {
	want := fields{}
	for k, v := range d.fill {
		want[k] = b.marked(f, k, v)
	}
	press := f.button()
	if press != "" {
		want["do"] = press
	}
	p, err := b.submit(ctx, f, want, b.markedFile(d.file))
	if err != nil {
		return err
	}
	if f, asked := p.find(d.action, fields{"do": "submit"}); asked && press != "submit" {
		sure, err := b.sure(ctx, f)
		if err != nil {
			return err
		}
		if p, err = b.submit(ctx, f, sure, nil); err != nil {
			return err
		}
	} else if press == "check" {
		return fmt.Errorf("核对页面上没有确认按钮（%s）", clip(p.complaint(), 160))
	}
	if d.receipt && p.receipt() == "" {
		return fmt.Errorf("提交后没有看到回执编号（%s）", clip(p.complaint(), 160))
	}
	return nil
}

func (b *browser) submit(ctx context.Context, f form, want fields, file *upload) (*page, error) {
	sent, err := f.fill(want)
	if err != nil {
		return nil, err
	}
	kind, body, err := f.encode(sent, file)
	if err != nil {
		return nil, err
	}
	p, err := b.post(ctx, f.action.RequestURI(), kind, body)
	if err != nil || b.password == "" {
		return p, err
	}
	// the site may ask who it is before an act that two persons answer for
	if f, asked := p.find(f.action.Path, fields{"again": b.password}); asked {
		return b.submit(ctx, f, fields{"again": b.password}, nil)
	}
	return p, nil
}
