// What defines the kinds that Kubernetes itself does not know. Tests read the definitions out of
// these modules; nothing is built from them, hence a module of its own.
module crds

go 1.25.0

require (
	github.com/argoproj/argo-cd/v3 v3.5.1
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
