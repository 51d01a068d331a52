package pdf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// role is what a piece of text is for; each role has a chain of fonts.
type role int

const (
	song   role = iota // 仿宋, else 宋体: body
	title              // 小标宋: titles
	hei                // 黑体: headings, table heads
	kai                // 楷体: certificates, second level headings
	nRoles = iota
)

var roleNames = [nRoles]string{"仿宋、宋体（正文）", "小标宋（标题）", "黑体（小标题）", "楷体（证书）"}

// fangsong are names of 仿宋: of Windows, of macOS and Office, of Founder.
var fangsong = []string{"simfang", "fangsong", "stfangso", "fzfs"}

// wanted lists, best first, the beginnings of file names (lower case, without
// separators) that serve a role. GB/T 9704 asks for 仿宋 and 小标宋: who has them
// gets them. Every chain ends in LXGW WenKai.
var wanted = [nRoles][]string{
	song: slices.Concat(fangsong, []string{"notoserifsc400regular", "notoserifscregular", "sourcehanserifscregular", "sourcehanserifcnregular",
		"simsun", "songti", "stsong", "fzssk", "lxgwwenkairegular", "lxgwwenkaigbregular"}),
	title: {"fzxbs", "notoserifsc700bold", "notoserifscbold", "sourcehanserifscbold", "sourcehanserifcnbold", "stzhongs",
		"notoserifsc600semibold", "simsun", "lxgwwenkaibold", "lxgwwenkairegular"},
	hei: {"notosanssc500medium", "notosansscmedium", "sourcehansansscmedium", "sourcehansanscnmedium", "notosansscregular",
		"simhei", "msyh", "stheiti", "wqymicrohei", "lxgwwenkaibold", "lxgwwenkairegular"},
	kai: {"lxgwwenkairegular", "lxgwwenkaigbregular", "simkai", "stkaiti", "kaiti"},
}

// lastResort serves rare characters for every role.
var lastResort = []string{"lxgwwenkairegular", "hanamina", "hanaminb", "simsunb", "simsunextg", "notoserifsc400regular", "notosanssc500medium"}

// probe must be in a font before it may carry a role by itself. It has Latin, digits, the punctuation
// of official papers, and characters from all over the standard table, also its level 3.
const probe = "0123456789ABCXYZabcxyz，。、；：？！（）《》〈〉“”‘’【】〔〕—…·％+-/#@&一丁七万丈三上下不与且世中丰串临丸丹为主丽举乂乃久么义之乌乍乎乏乐乒乓乔乖乘乙九也习乡书" +
	"认证机构宣传工作年度评价监督管理局委员会质量检验检测风险警示告知决定解除龘鑫淼焱垚犇骉彧翀昶堃玥祎喆"

// Font is one usable font file.
type font struct {
	name     string // base name without extension, letters and digits only
	path     string
	coverage *coverage
	line     func() (*lineFont, error) // made when first needed
}

// Fonts are the fonts found at start; read only after FindFonts.
type Fonts struct {
	chains [nRoles][]*font
}

// errNoFont says what a person can do when no font can carry Chinese text.
var errNoFont = errors.New("没有找到可用的中文字体：请安装 fonts-lxgw-wenkai（apt-get install fonts-lxgw-wenkai），" +
	"或执行 npm ci --prefix fonts，或在 XUANPING_FONTS 中写明存放 TrueType 中文字体的文件夹")

// SystemFolders are the places searched after the folders a caller names.
func SystemFolders() []string {
	dirs := []string{"/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", `C:\Windows\Fonts`}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".local/share/fonts"), filepath.Join(home, "Library/Fonts"))
	}
	return dirs
}

// FindFonts searches dirs in order, then the system folders, for the fonts of the
// four roles. Without any font that can carry Chinese text it returns an error that says what to install.
func FindFonts(dirs []string) (*Fonts, error) {
	return findFonts(append(slices.Clone(dirs), SystemFolders()...))
}

// findFonts tries the folders in their order, each with the whole list of a role:
// whoever names a folder decides, whatever the system has. Only what fills gaps is
// looked for by name first.
func findFonts(dirs []string) (*Fonts, error) {
	opened := map[string]*font{}
	fonts := &Fonts{}
	var all []string
	folders := make([][]string, len(dirs))
	for i, dir := range dirs {
		folders[i] = fontFiles(dir)
		all = append(all, folders[i]...)
	}
	for r := range fonts.chains {
		for _, files := range folders {
			for _, want := range wanted[r] {
				if f := openFirst(files, want, opened); f != nil && covers(f.coverage, probe) { // a partial font may only fill gaps
					fonts.add(role(r), f)
				}
			}
		}
		for _, want := range lastResort {
			if f := openFirst(all, want, opened); f != nil {
				fonts.add(role(r), f)
			}
		}
		if len(fonts.chains[r]) == 0 || !covers(fonts.chains[r][0].coverage, probe) {
			return nil, errNoFont
		}
	}
	return fonts, nil
}

// add puts a font at the end of a role's chain; one of the same name that a
// folder before had is that font.
func (f *Fonts) add(r role, one *font) {
	if !slices.ContainsFunc(f.chains[r], func(had *font) bool { return had.name == one.name }) {
		f.chains[r] = append(f.chains[r], one)
	}
}

// fontFiles lists the font files below a folder.
func fontFiles(dir string) (files []string) {
	if dir == "" {
		return nil
	}
	// an unreadable folder is no reason to stop: the next one may serve
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && slices.Contains([]string{".ttf", ".ttc"}, strings.ToLower(filepath.Ext(path))) {
			files = append(files, path)
		}
		return nil
	})
	return files
}

// openFirst opens the first file whose name begins with want and that can be read as TrueType.
func openFirst(files []string, want string, opened map[string]*font) *font {
	for _, path := range files {
		name := plainName(path)
		if !strings.HasPrefix(strings.ToLower(name), want) {
			continue
		}
		f, seen := opened[path]
		if !seen {
			f = openFont(path, name)
			opened[path] = f
		}
		if f != nil {
			return f
		}
	}
	return nil
}

func openFont(path, name string) *font {
	face, err := readOutline(path)
	if err != nil {
		return nil
	}
	f := &font{name: name, path: path, coverage: face.coverage}
	f.line = sync.OnceValues(func() (*lineFont, error) { return newLineFont(f) })
	return f
}

func readOutline(path string) (*outline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fontError("读不出 " + filepath.Base(path))
	}
	return parseOutline(data)
}

// plainName is a file name as a PDF font name may be: letters and digits only.
func plainName(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return -1
	}, base)
}

func covers(c *coverage, text string) bool {
	for _, r := range text {
		if c.glyph(r) == 0 {
			return false
		}
	}
	return true
}

// lookup finds the first font of a role that has r.
func (f *Fonts) lookup(r role, char rune) *font {
	for _, one := range f.chains[r] {
		if one.coverage.glyph(char) != 0 {
			return one
		}
	}
	return nil
}

// Report says in one line for each role which file serves it and which files
// fill its gaps, and how to get better ones.
func (f *Fonts) Report() []string {
	var lines []string
	for r, chain := range f.chains {
		line := fmt.Sprintf("%s：%s", roleNames[r], filepath.Base(chain[0].path))
		for i, spare := range chain[1:] {
			line += map[bool]string{true: "；缺字时依次取 ", false: "、"}[i == 0] + filepath.Base(spare.path)
		}
		lines = append(lines, line)
	}
	if strings.HasPrefix(strings.ToLower(f.chains[song][0].name), "lxgw") {
		lines = append(lines, "提示：未找到宋体，正文以楷体代替；执行 npm ci --prefix fonts 可得宋体与黑体")
	}
	if name := strings.ToLower(f.chains[song][0].name); !slices.ContainsFunc(fangsong, func(w string) bool { return strings.HasPrefix(name, w) }) {
		lines = append(lines, "提示：公文正文应为仿宋（GB/T 9704）；有仿宋、小标宋字体的，把文件放入 XUANPING_FONTS 所写的文件夹")
	}
	if f.lookup(song, '𱍐') == nil {
		lines = append(lines, "提示：极罕见字可另装 fonts-hanazono")
	}
	return lines
}
