package io.psycache.interleaving;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.StatementVariant;
import io.psycache.internal.store.Validation;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Scenarios that pass, on a store that lacks one of its conditions: what each of them is for. */
final class BrokenStatements {
    private static final CacheTables TABLES = new CacheTables("", "psycache");

    private BrokenStatements() {}

    static Stream<Scenario> all() {
        return Stream.of(gets(), putsInTransactions(), puts(), collector()).flatMap(group -> group);
    }

    private static Stream<Scenario> gets() {
        return Stream.of(
                Scenarios.evictedByPrefix().broken("no probe of prefixes", with(new Validation(TABLES) {
                    @Override
                    protected String logTags(String key) {
                        return "array['k:' || " + key + "]";
                    }
                })),
                Scenarios.writerAmongOthers()
                        .broken("quick look that asks only for what began after the load", with(new Validation(TABLES) {
                            @Override
                            protected String oldestUnseen(String snapshot) {
                                return "pg_snapshot_xmax(" + snapshot + ")";
                            }
                        })),
                Scenarios.writeLoadAndWrite()
                        .broken("token although the transaction has an id", with(new Validation(TABLES) {
                            @Override
                            protected String isUnwritten() {
                                return "true";
                            }
                        })),
                Scenarios.failedLoad()
                        .broken("get after a failed load that does not look at the log", with(new Validation(TABLES) {
                            @Override
                            protected String servable() {
                                return KEPT;
                            }
                        })),
                Scenarios.endedValue()
                        .broken("get of an expired value that does not look at the log", with(new Validation(TABLES) {
                            @Override
                            protected String servable() {
                                return KEPT;
                            }
                        })));
    }

    private static Stream<Scenario> putsInTransactions() {
        return Stream.of(
                PutScenarios.putAndWriteAgain()
                        .broken(
                                "put in a transaction that does not look at what it logged later",
                                with(new Validation(TABLES) {
                                    @Override
                                    protected String nothingIsLoggedLater() {
                                        return "true";
                                    }
                                })),
                Scenarios.putRolledBackBySql()
                        .broken(
                                "put in a transaction that does not miss its own row of the log",
                                with(new Validation(TABLES) {
                                    @Override
                                    protected String ownRowIsLogged() {
                                        return "true";
                                    }
                                })));
    }

    private static Stream<Scenario> puts() {
        return Stream.of(
                PutScenarios.stated().broken("load that replaces what is newer", with(new Validation(TABLES) {
                    @Override
                    protected String loadReplaces() {
                        return "true";
                    }
                })),
                PutScenarios.stated().broken("load that replaces what is equally old", with(new Validation(TABLES) {
                    @Override
                    protected String loadReplaces() {
                        return compared("excluded.snapshot", ">=", "e.snapshot");
                    }
                })),
                Scenarios.counters(Steps.Eviction.KEY)
                        .broken("increment with its own snapshot", with(new Validation(TABLES) {
                            @Override
                            protected String incrementKeepsSnapshot() {
                                return "false";
                            }
                        })));
    }

    private static Stream<Scenario> collector() {
        return Stream.of(
                CollectorScenarios.collectedWriterAndLoader()
                        .broken("put that does not ask what was collected", with(new Validation(TABLES) {
                            @Override
                            protected String showsCollected() {
                                return "true";
                            }
                        })),
                CollectorScenarios.collectedPut()
                        .broken(
                                "put in a transaction that asks only for the end of what was collected",
                                with(new Validation(TABLES) {
                                    @Override
                                    protected String noneOfRunningIsCollected() {
                                        return "true";
                                    }
                                })));
    }

    private static UnaryOperator<String> with(Validation conditions) {
        return new StatementVariant(TABLES, conditions);
    }
}
