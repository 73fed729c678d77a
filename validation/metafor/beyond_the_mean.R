# Values for what goes beyond one mean: meta-regression, cluster-robust inference, three levels, small-study effects,
# leaving one out, adding one at a time. Needs Debian's r-cran-metafor and r-cran-clubsandwich.
# Rscript beyond_the_mean.R > ../../tests/reference/beyond_the_mean.json
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
tight <- list(stepadj = 0.5, maxiter = 10000, threshold = 1e-12)
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
fit <- function(x) list(b = as.numeric(coef(x)), se = x$se, low = x$ci.lb, high = x$ci.ub, p = x$pval, tau2 = x$tau2,
                        qm = x$QM, qm_p = x$QMp, qe = x$QE, qe_p = x$QEp, r2 = x$R2, i2 = x$I2)
out <- list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                             clubSandwich = as.character(packageVersion("clubSandwich"))))
regressions <- list()
for (m in c("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "PM")) for (test in c("z", "knha", "adhoc")) {
  if (m == "FE" && test != "z") next
  control <- if (m %in% c("ML", "REML")) tight else if (m == "PM") list(tol = 1e-14, maxiter = 10000) else list()
  for (f in c("latitude", "latitude_and_year", "allocation")) {
    mods <- list(latitude = ~ablat, latitude_and_year = ~ablat + year, allocation = ~alloc)[[f]]
    regressions[[paste(f, m, test, sep = "/")]] <- fit(rma(yi, vi, mods = mods, data = bcg, method = m, test = test, control = control))
  }
}
out$regressions <- regressions
one <- rma(yi, vi, data = bcg, control = tight)
reg <- rma(yi, vi, mods = ~ablat, data = bcg, control = tight)
cluster <- c(1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 7, 7)
robust_of <- function(x, cl) {
  res <- list(cluster = cl)
  for (kind in c("CR1", "CR2")) {
    t <- coef_test(x, vcov = kind, cluster = cl, test = "Satterthwaite")
    res[[kind]] <- list(b = t$beta, se = t$SE, df = t$df_Satt, p = t$p_Satt)
  }
  res
}
out$robust <- list(each = robust_of(one, 1:13), clustered = robust_of(one, cluster), regression = robust_of(reg, cluster))
kon <- dat.konstantopoulos2011
three <- rma.mv(yi, vi, random = ~1 | district/school, data = kon, control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15))
ct <- coef_test(three, vcov = "CR2", cluster = kon$district)
out$three_level <- list(yi = kon$yi, vi = kon$vi, district = kon$district, b = as.numeric(coef(three)), se = three$se,
  low = three$ci.lb, high = three$ci.ub, sigma2 = three$sigma2, loglik = as.numeric(logLik(three)), q = three$QE,
  CR2 = list(se = ct$SE, df = ct$df_Satt, p = ct$p_Satt))
assink <- dat.assink2016
a3 <- rma.mv(yi, vi, random = ~1 | study/esid, data = assink, control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15))
ct <- coef_test(a3, vcov = "CR2", cluster = assink$study)
out$three_level_assink <- list(yi = assink$yi, vi = assink$vi, study = assink$study, b = as.numeric(coef(a3)), se = a3$se,
  sigma2 = a3$sigma2, loglik = as.numeric(logLik(a3)), q = a3$QE, CR2 = list(se = ct$SE, df = ct$df_Satt, p = ct$p_Satt))
# trimfill fits its last model with the default tolerance: fitted again with the tight one.
again <- function(t, method) {
  x <- rma(t$yi, t$vi, method = method, control = if (method == "REML") tight else list())
  list(k0 = t$k0, side = t$side, b = as.numeric(coef(x)), se = x$se, tau2 = x$tau2)
}
small <- function(y, v, method) {
  x <- rma(y, v, method = method, control = if (method == "REML") tight else list())
  e <- regtest(x, model = "lm"); b <- ranktest(x); t <- trimfill(x); r <- trimfill(x, estimator = "R0")
  list(y = y, v = v, method = method, egger = list(t = e$zval, p = e$pval, df = e$dfs, limit = e$est, limit_low = e$ci.lb, limit_high = e$ci.ub),
       begg = list(tau = as.numeric(b$tau), p = b$pval),
       L0 = again(t, method), R0 = again(r, method))
}
egg <- escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.egger2001)
raud <- dat.raudenbush1985
out$small_studies <- list(bcg_REML = small(bcg$yi, bcg$vi, "REML"), bcg_FE = small(bcg$yi, bcg$vi, "FE"), bcg_DL = small(bcg$yi, bcg$vi, "DL"),
  magnesium_REML = small(egg$yi, egg$vi, "REML"), magnesium_FE = small(egg$yi, egg$vi, "FE"),
  teachers_REML = small(raud$yi, raud$vi, "REML"), teachers_FE = small(raud$yi, raud$vi, "FE"))
l <- leave1out(one); c <- cumul(one)
out$one_by_one <- list(left_out = list(y = l$estimate, low = l$ci.lb, high = l$ci.ub, tau2 = l$tau2),
                       cumulative = list(y = c$estimate, low = c$ci.lb, high = c$ci.ub, tau2 = c$tau2))
out$groups <- local({ x <- rma(yi, vi, mods = ~0 + alloc, data = bcg, control = tight)
  list(levels = sort(unique(bcg$alloc)), b = as.numeric(coef(x)), se = x$se, tau2 = x$tau2) })
cat(toJSON(out, digits = 15, auto_unbox = TRUE, na = "null", null = "null", pretty = 1))
