// Command workflows is `argo lint --offline --strict` on one file of rendered manifests. Argo's own
// command embeds a web page that its Go module lacks. It also says how many objects it looked at:
// the linter passes over kinds that it does not know.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/lint"
	"github.com/argoproj/argo-workflows/v4/pkg/apiclient"
	"github.com/argoproj/argo-workflows/v4/pkg/apis/workflow"
	api "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v4/workflow/common"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run exits the process with 1 where the linter finds something.
func run(ctx context.Context, files []string) error {
	options := apiclient.Opts{Offline: true, OfflineFiles: files, LogLevel: "warn"}
	ctx, client, err := apiclient.NewClientFromOptsWithContext(ctx, options)
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Println(count(common.ParseObjects(ctx, content, true)), "objects")
	}
	kinds := []string{
		workflow.WorkflowPlural, workflow.WorkflowTemplatePlural, workflow.CronWorkflowPlural,
	}
	return lint.RunLint(ctx, client, kinds, "simple", true, lint.LintOptions{
		Files: files, Strict: true, DefaultNamespace: "default", Printer: os.Stdout,
	})
}

func count(parsed []common.ParseResult) int {
	known := 0
	for _, each := range parsed {
		switch each.Object.(type) {
		case *api.Workflow, *api.WorkflowTemplate, *api.CronWorkflow:
			known++
		}
	}
	return known
}
