//go:build postgres

package postgres

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// fill adds orders that are over, one in fifty that is not, and what belongs to them, from one number to another.
const (
	fillOrdersSQL = `
		insert into xaman_live.orders
			(uuid, version, session, created, reference, open_until, due, ended, verified, server, entry)
		select 'order ' || n, 2, 'session ' || n / 5, now() - n * interval '1 minute', sha256(('reference ' || n)::bytea),
			case when n % 50 = 0 then now() end, case when n % 50 = 0 then now() - n * interval '1 minute' end,
			case when n % 50 <> 0 and n % 2 = 0 then now() - n * interval '1 minute' end,
			case when n % 2 = 1 then now() - n * interval '1 minute' end,
			case when n % 500 = 0 then 'dead' end, json_build_object('Text', repeat('x', 2000))
		from generate_series($1::int, $2::int) n`
	fillKeysSQL = `
		insert into xaman_live.keys (key, uuid, until)
		select 'key ' || n, case when n % 100 > 0 then 'order ' || n end, now() from generate_series($1::int, $2::int) n`
	fillTokensSQL = `
		insert into xaman_live.tokens (session, token, uuid)
		select 'session ' || n, 'token', 'order ' || n from generate_series($1::int, $2::int) n`
	fillUsesSQL = `
		insert into xaman_live.uses (uuid, txid)
		select 'order ' || n, case when n % 3 = 0 then '' else 'tx ' || n end from generate_series($1::int, $2::int) n`
	fillDeliveriesSQL = `
		insert into xaman_live.deliveries (id, uuid, made, due, server, delivery)
		select 'order ' || n || '-', 'order ' || n, now() - n * interval '1 minute',
			case when n % 50 = 0 then now() - n * interval '1 minute' end, case when n % 500 = 0 then 'dead' end,
			json_build_object('Text', repeat('x', 500))
		from generate_series($1::int, $2::int) n`
	fillSharesSQL = `
		insert into xaman_live.shares (share, full_at)
		select 'share ' || n, now() - n * interval '1 minute' from generate_series($1::int, $2::int) n`
)

// planned are all statements that an order, a visitor or the background needs, with what they are asked.
func planned() map[string][]any {
	now := time.Now()
	none := []string{}
	return map[string][]any{
		addSQL:     {"new", "session 1", now, []byte("reference"), now, now, nil, nil, "{}"},
		keySQL:     {"new", "new"},
		getSQL:     {"order 70"},
		existsSQL:  {"order 70"},
		saveSQL:    {"order 70", 2, nil, nil, now, nil, "{}", "session 1", "session 2", "token", none, none, none, none},
		useSQL:     {"order new", "tx new"},
		usedSQL:    {"order 70", "tx 70"},
		tokenSQL:   {"session 70"},
		partSQL:    {now.Add(-100 * time.Minute), "order 70", 10},
		reserveSQL: {"key 70", now, now, ""}, madeSQL: {"key 70"}, freeSQL: {"key 70"},
		byReferenceSQL:    {[]byte("reference 70"), 10},
		deadlinesSQL:      {"session 70", now.Add(-time.Hour)},
		aliveSQL:          {"one", time.Minute},
		takeSQL:           {"one", now, 10},
		takeOneSQL:        {"one", "order 50"},
		leaveSQL:          {"dead", "order 500", now},
		takeDeliveriesSQL: {"one", now, 10}, saveDeliverySQL: {"order 70-", now, "{}"}, deliverySQL: {"order 70-"},
		waitingSQL:      {},
		deliveriesSQL:   {nil, "", 10},
		deliveriesOfSQL: {nil, "", 10, "order 70"},
		spendingSQL:     {},
		sharesSQL:       {[]string{"share 70", "share 80"}},
		shareSQL:        {"share 70", now},
		callsSQL:        {now.Unix() - 60, now.Unix() + 60},
		callSQL:         {now.Unix()},
		endedSQL:        {now, 10}, verifiedSQL: {now, 10},
		dropOrdersSQL: {[]string{"order 70", "order 80"}}, dropKeysSQL: {[]string{"key 70", "key 80"}},
		dropTokensSQL: {[]string{"session 70"}, []string{"order 70"}}, dropDeliveriesSQL: {[]string{"order 70", "order 80"}},
		lapsedCallsSQL: {now.Unix() - 60}, lapsedServersSQL: {},
		lapsedKeysSQL: {now.Add(-time.Hour)}, lapsedSharesSQL: {now.Add(-24 * 365 * time.Hour)},
	}
}

// plan is how a statement is carried out.
type plan struct {
	Node     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Hit      int    `json:"Shared Hit Blocks"`
	Read     int    `json:"Shared Read Blocks"`
	Plans    []plan
}

// scans lists the tables that are read from one end to the other.
func (p plan) scans() (all []string) {
	if p.Node == "Seq Scan" {
		all = append(all, p.Relation)
	}
	for _, below := range p.Plans {
		all = append(all, below.scans()...)
	}
	return all
}

// explained carries a statement out, as for any arguments, takes that back, and returns how.
func explained(t *testing.T, c *pgx.Conn, sql string, args []any) (p plan) {
	t.Helper()
	ctx := t.Context()
	tx, err := c.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "set local plan_cache_mode = force_generic_plan"); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "prepare tried as "+sql); err != nil {
		t.Fatal(sql, err)
	}
	defer c.Exec(ctx, "deallocate tried")
	execute := "explain (analyze, buffers, format json) execute tried"
	for i := range args {
		execute += map[bool]string{true: "(", false: ", "}[i == 0] + "$" + string(rune('1'+i))
	}
	execute = strings.NewReplacer("$:", "$10", "$;", "$11", "$<", "$12", "$=", "$13", "$>", "$14").Replace(execute)
	if len(args) > 0 {
		execute += ")"
	}
	var data []byte
	err = tx.QueryRow(ctx, execute, append([]any{pgx.QueryExecModeSimpleProtocol}, args...)...).Scan(&data)
	if err != nil {
		t.Fatal(sql, err)
	}
	var all []struct{ Plan plan }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all[0].Plan
}

// atStart are the files whose statements are asked once.
var atStart = []string{"postgres.go", "migrate.go"}

// Each statement of the package is looked at.
func TestEveryStatementIsPlanned(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	known, seen := planned(), 0
	for _, file := range files {
		if slices.Contains(atStart, file) || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasSuffix(spec.Names[0].Name, "SQL") {
				return true
			}
			sql, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if _, ok := known[sql]; err != nil || !ok {
				t.Errorf("%s: %s is not among those that are looked at: %v", file, spec.Names[0].Name, err)
			}
			seen++
			return true
		})
	}
	if seen != len(known) {
		t.Errorf("got %d statements, want the %d that are looked at", seen, len(known))
	}
}

// The pages that a statement reads are not more with many orders than with few, but for one more level of some
// indexes, and no table that grows is read from one end to the other.
func TestCostsAreFlat(t *testing.T) {
	url := create(t, prepared)
	execute(t, url, `insert into xaman_live.servers values ('dead', now() - interval '1 minute'), ('one', 'infinity')`)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(t.Context()))
	const few, many = 1000, 20_000
	pages := map[string]int{}
	for _, step := range [][2]int{{1, few}, {few + 1, many}} {
		for _, sql := range []string{
			fillOrdersSQL, fillKeysSQL, fillTokensSQL, fillUsesSQL, fillDeliveriesSQL, fillSharesSQL,
		} {
			if _, err := c.Exec(t.Context(), sql, step[0], step[1]); err != nil {
				t.Fatal(err)
			}
		}
		execute(t, url, "vacuum analyze")
		for sql, args := range planned() {
			p := explained(t, c, sql, args)
			got := p.Hit + p.Read
			for range 2 { // what a connection has not known of the tables since the last vacuum, it reads in the catalog first
				again := explained(t, c, sql, args)
				got = min(got, again.Hit+again.Read)
			}
			if before, again := pages[sql]; again && got > before+before/2+20 {
				t.Errorf("got %d pages with %d orders, and %d with %d: %s", before, few, got, many, sql)
			}
			pages[sql] = got
			for _, table := range p.scans() {
				if step[1] == many && !slices.Contains([]string{"servers", "calls"}, table) {
					t.Errorf("got all of %s read: %s", table, sql)
				}
			}
		}
	}
}
