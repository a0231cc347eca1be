package io.psycache.interleaving;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Scenarios that pass, on a store that lacks one of its conditions: what each of them is for. */
final class BrokenStatements {
    private static final String REPLACES_OLDER =
            "(?s)where \\(pg_snapshot_xmax\\(excluded\\.snapshot\\).*?returning key";
    private static final String KEEPS_NEWER_SNAPSHOT =
            "(?s)case when v\\.valid and \\(pg_snapshot_xmax.*?then e\\.snapshot else excluded\\.snapshot end";

    private BrokenStatements() {}

    static Stream<Scenario> all() {
        return Stream.of(
                Scenarios.evictedByPrefix().broken("no probe of prefixes", without(", 'p'] ||", "] ||")),
                Scenarios.writerAmongOthers()
                        .broken(
                                "quick look that asks only for what began after the load",
                                without(
                                        "i.xid >= pg_snapshot_xmin(e.snapshot)",
                                        "i.xid >= pg_snapshot_xmax(e.snapshot)")),
                Scenarios.writeLoadAndWrite()
                        .broken(
                                "token although the transaction has an id",
                                without("pg_current_xact_id_if_assigned() is null", "true")),
                Scenarios.endedValue()
                        .broken(
                                "get of an ended value that does not look at the log",
                                without(
                                        "e.stale_until) > statement_timestamp() and not (",
                                        "e.stale_until) > statement_timestamp() and (true or ")),
                PutScenarios.putAndWriteAgain()
                        .broken(
                                "put in a transaction that does not look at what it logged later",
                                without(
                                        "i.xid between r.own_xid::xid8 and r.own_xid::xid8 and i.id > r.own_id",
                                        "false")),
                Scenarios.putRolledBackBySql()
                        .broken(
                                "put in a transaction that does not miss its own row of the log",
                                without("(r.own_id is null", "(true")),
                PutScenarios.stated()
                        .broken("load that replaces what is newer", replaced(REPLACES_OLDER, "returning key")),
                PutScenarios.stated()
                        .broken(
                                "load that replaces what is equally old",
                                without(" > (pg_snapshot_xmax(e.snapshot)", " >= (pg_snapshot_xmax(e.snapshot)")),
                Scenarios.counters(Steps.Eviction.KEY)
                        .broken("increment with its own snapshot", replaced(KEEPS_NEWER_SNAPSHOT, "excluded.snapshot")),
                CollectorScenarios.collectedWriterAndLoader()
                        .broken(
                                "put that does not ask what was collected",
                                without("(p.collected is null\n", "(true or p.collected is null\n")),
                CollectorScenarios.collectedPut()
                        .broken(
                                "put in a transaction that asks only for the end of what was collected",
                                without("pg_visible_in_snapshot(x, p.collected)", "false")));
    }

    private static UnaryOperator<String> without(String condition, String instead) {
        return replaced(Pattern.quote(condition), instead);
    }

    private static UnaryOperator<String> replaced(String pattern, String instead) {
        Pattern compiled = Pattern.compile(pattern);
        return sql -> compiled.matcher(sql).replaceAll(instead);
    }
}
