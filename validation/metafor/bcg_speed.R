# How long metafor's own loop over the 8,178 subsets of the BCG trials takes with its default settings; prints seconds.
# A subset on which its Fisher scoring does not converge is left, which only makes the loop faster.
# Run by `make bench` where R and metafor are present (Debian: r-cran-metafor).
suppressMessages(library(metafor))
dat <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
subsets <- do.call(c, lapply(2:13, function(k) combn(13, k, simplify = FALSE)))
spent <- system.time(for (rows in subsets) {
  tryCatch(rma(yi, vi, data = dat[rows, ], method = "REML"), error = function(e) NULL)
})
cat(spent[["elapsed"]], "\n")
