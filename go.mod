module mx46

go 1.26.0
