# Values of escalc for rates, correlations and ratios of means, on data sets of metadat.
# Rscript escalc_more.R > ../../tests/reference/escalc_more.json
suppressMessages({library(metafor); library(jsonlite)})
n <- dat.nielweise2008
irr <- escalc(measure="IRR", x1i=x1i, t1i=t1i, x2i=x2i, t2i=t2i, data=n)
irln <- escalc(measure="IRLN", xi=x1i, ti=t1i, data=n)
z <- escalc(measure="ZCOR", ri=ri, ni=ni, data=dat.mcdaniel1994)
cor <- escalc(measure="COR", ri=ri, ni=ni, data=dat.mcdaniel1994)
nr <- dat.normand1999
rom <- escalc(measure="ROM", m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i, data=nr)
cat(toJSON(list(
 IRR=list(x1i=n$x1i,t1i=n$t1i,x2i=n$x2i,t2i=n$t2i,yi=as.numeric(irr$yi),vi=as.numeric(irr$vi)),
 IRLN=list(xi=n$x1i,ti=n$t1i,yi=as.numeric(irln$yi),vi=as.numeric(irln$vi)),
 ZCOR=list(ri=dat.mcdaniel1994$ri,ni=dat.mcdaniel1994$ni,yi=as.numeric(z$yi),vi=as.numeric(z$vi)),
 COR=list(ri=dat.mcdaniel1994$ri,ni=dat.mcdaniel1994$ni,yi=as.numeric(cor$yi),vi=as.numeric(cor$vi)),
 ROM=list(m1i=nr$m1i,sd1i=nr$sd1i,n1i=nr$n1i,m2i=nr$m2i,sd2i=nr$sd2i,n2i=nr$n2i,yi=as.numeric(rom$yi),vi=as.numeric(rom$vi))
), digits=15, na="null"))
