package pdf

// canvas is what charts are drawn on. Points are measured from the upper left corner.
type canvas interface {
	Line(x1, y1, x2, y2, width float64, c ink)
	Rect(x, y, w, h float64, fill ink)
	Polygon(points []spot, fill, stroke *ink, width float64)
	Text(x, y float64, align int, size float64, c ink, text string)
}
