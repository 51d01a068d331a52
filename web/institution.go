package web

func (s *Server) institutionRoutes() {}
