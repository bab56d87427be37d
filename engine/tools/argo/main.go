// Command argo evaluates what Argo CD evaluates, with the libraries that it uses: the Go templates
// of an ApplicationSet or a notification, and a trigger's expression. JSON in, JSON out.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/expr-lang/expr"
)

// A question holds either a value whose strings are templates, or an expression.
type question struct {
	Template   any            `json:"template"`
	Options    []string       `json:"options"`
	Expression string         `json:"expression"`
	Values     map[string]any `json:"values"`
}

func main() {
	answer, err := answer()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer() (any, error) {
	var asked question
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return nil, err
	}
	if asked.Expression == "" {
		return render(asked.Template, asked)
	}
	program, err := expr.Compile(asked.Expression)
	if err != nil {
		return nil, err
	}
	return expr.Run(program, asked.Values)
}

// render goes through every string of value, keys included, as Argo CD does.
func render(value any, asked question) (any, error) {
	switch old := value.(type) {
	case string:
		return text(old, asked)
	case []any:
		for place, item := range old {
			new, err := render(item, asked)
			if err != nil {
				return nil, err
			}
			old[place] = new
		}
		return old, nil
	case map[string]any:
		rendered := map[string]any{}
		for key, item := range old {
			name, err := text(key, asked)
			if err != nil {
				return nil, err
			}
			if rendered[name], err = render(item, asked); err != nil {
				return nil, err
			}
		}
		return rendered, nil
	}
	return value, nil
}

func text(source string, asked question) (string, error) {
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	parsed, err := template.New("").Funcs(functions).Option(asked.Options...).Parse(source)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = parsed.Execute(&out, asked.Values)
	return out.String(), err
}
