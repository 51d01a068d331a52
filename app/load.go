package app

import (
	"fmt"
	"os"
	"strings"

	"xuanping/mail"
)

// Environment reads a variable of the process.
func Environment(name string) (string, bool) { return os.LookupEnv(name) }

// Load reads the configuration and names all faults at once. Every secret may
// also be given as NAME_FILE, a file that holds it.
func Load(env func(string) (string, bool)) (Config, error) {
	var c Config
	var faults []string
	for _, s := range settings {
		v, from, err := s.read(env)
		if err == nil && v == "" && (s.name == "DATABASE_URL" || s.name == "XUANPING_SECRET") {
			err = fmt.Errorf("必须设置：%s", s.means)
		}
		if err == nil {
			err = s.set(&c, v)
		}
		if err != nil {
			faults = append(faults, from+" "+err.Error())
		}
	}
	faults = append(faults, c.mailFaults()...)
	faults = append(faults, c.signFaults()...)
	if (c.OIDCIssuer == "") != (c.OIDCClient == "") {
		faults = append(faults, "XUANPING_OIDC_ISSUER 和 XUANPING_OIDC_CLIENT 须同时设置")
	}
	if len(faults) > 0 {
		return c, fmt.Errorf("配置有 %d 处错误：\n  %s", len(faults), strings.Join(faults, "\n  "))
	}
	return c, nil
}

// mailFaults are what a way of sending mail still needs.
func (c Config) mailFaults() []string {
	var faults []string
	if c.Mail == "sendgrid" && c.SendGridKey == "" {
		faults = append(faults, "SENDGRID_API_KEY 发信方式为 sendgrid 时必须设置")
	}
	if c.ReplyDomain != "" && len(c.InboundKeys) == 0 {
		faults = append(faults, "SENDGRID_INBOUND_KEYS 设置了 XUANPING_REPLY_DOMAIN 时必须设置：不接收没有签名的来信")
	}
	if c.Mail != "smtp" {
		return faults
	}
	if c.SMTPAddr == "" {
		faults = append(faults, "XUANPING_SMTP_ADDR 发信方式为 smtp 时必须设置，如 smtp.example.gov.cn:587")
	}
	if c.SMTPUser == "" && c.SMTPPassword != "" {
		faults = append(faults, "XUANPING_SMTP_USER 设置了 SMTP 密码时必须设置")
	}
	if c.SMTPUser != "" && c.SMTPPassword == "" {
		faults = append(faults, "XUANPING_SMTP_PASSWORD 设置了 SMTP 用户名时必须设置")
	}
	if c.SMTPUser != "" && c.SMTPSecurity == mail.Plain {
		faults = append(faults, "XUANPING_SMTP_SECURITY 使用用户名时不能是 none，请改为 starttls 或 tls")
	}
	return faults
}

func (s setting) read(env func(string) (string, bool)) (value, from string, err error) {
	if v, ok := env(s.name); ok && v != "" {
		return strings.TrimSpace(v), s.name, nil
	}
	if s.secret {
		if file, ok := env(s.name + "_FILE"); ok && file != "" {
			b, err := os.ReadFile(file)
			if err != nil {
				return "", s.name + "_FILE", fmt.Errorf("无法读取文件 %s，请检查路径和读取权限", file)
			}
			if len(strings.TrimSpace(string(b))) == 0 {
				return "", s.name + "_FILE", fmt.Errorf("文件 %s 是空的，请写入内容或去掉这项设置", file)
			}
			return strings.TrimSpace(string(b)), s.name + "_FILE", nil
		}
	}
	return s.value, s.name, nil
}

// Describe lists the effective configuration with secrets hidden.
func Describe(env func(string) (string, bool)) []string {
	var all []string
	for _, s := range settings {
		v, _, err := s.read(env)
		switch {
		case err != nil:
			v = "（" + err.Error() + "）"
		case v == "":
			v = "（未设置）"
		case s.secret:
			v = "（已设置）"
		}
		all = append(all, fmt.Sprintf("%-24s %s    # %s", s.name, v, s.means))
	}
	return all
}
