# REML tau2 of all 8,178 subsets (k >= 2) of the BCG vaccine trials (dat.bcg, log risk ratio), by metafor with a tight
# tolerance. Where its Fisher scoring from the usual start ends on a lower hump of the restricted likelihood, or not at
# all, further starts are tried and the highest likelihood is kept.
#
# Run:  Rscript bcg_subsets.R > ../../tests/reference/bcg_subsets.csv      (Debian: r-cran-metafor; about two minutes)
suppressMessages(library(metafor))
dat <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
tight <- list(stepadj = 0.5, maxiter = 10000, threshold = 1e-10)
starts <- c(NA, 0.01, 0.1, 1)

fit <- function(rows, start) {
  control <- if (is.na(start)) tight else c(tight, list(tau2.init = start))
  tryCatch(rma(yi, vi, data = dat[rows, ], method = "REML", control = control), error = function(e) NULL)
}

cat(sprintf("# metafor %s, %s\n", packageVersion("metafor"), R.version.string))
cat("subset,tau2\n")
for (k in 2:13) {
  for (rows in combn(13, k, simplify = FALSE)) {
    fits <- Filter(Negate(is.null), lapply(starts, function(start) fit(rows, start)))
    heights <- sapply(fits, function(x) as.numeric(logLik(x)))
    best <- fits[[which.max(heights)]]
    cat(sprintf("%s,%.12g\n", paste(rows, collapse = "-"), best$tau2))
  }
}
