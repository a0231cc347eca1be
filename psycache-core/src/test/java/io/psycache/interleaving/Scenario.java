package io.psycache.interleaving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Sessions, each with steps in an order that is kept, while those of different sessions run in every order. */
final class Scenario {
    private final String name;
    private final Map<String, List<Step>> sessions = new LinkedHashMap<>();
    private Step.Action before = caller -> {};
    private Step.Action atRest = Caller::get;
    private final Map<String, Step.Action> beforeIn = new LinkedHashMap<>();
    private List<String> onOneNode = List.of();
    private boolean leases;
    private boolean staleWhileRevalidate;
    private boolean staleIfError;
    private boolean copies;
    private boolean late;
    private String group = "";
    private UnaryOperator<String> sql = UnaryOperator.identity();

    private Scenario(String name) {
        this.name = name;
    }

    static Scenario of(String name) {
        return new Scenario(name);
    }

    /** This scenario on a store whose SQL lacks something. */
    Scenario broken(String what, UnaryOperator<String> mutation) {
        Scenario broken = new Scenario("BROKEN " + what);
        broken.sessions.putAll(sessions);
        broken.before = before;
        broken.atRest = atRest;
        broken.onOneNode = onOneNode;
        broken.leases = leases;
        broken.staleWhileRevalidate = staleWhileRevalidate;
        broken.staleIfError = staleIfError;
        broken.beforeIn.putAll(beforeIn);
        broken.copies = copies;
        broken.late = late;
        broken.sql = mutation;
        return broken;
    }

    /** Named so in the summary. */
    Scenario in(String itsGroup) {
        group = itsGroup;
        return this;
    }

    /** @param steps single steps and lists of them */
    Scenario session(String session, Object... steps) {
        sessions.put(session, flat(steps));
        return this;
    }

    private static List<Step> flat(Object... steps) {
        List<Step> flat = new ArrayList<>();
        for (Object step : steps) {
            if (step instanceof List<?> list) {
                list.forEach(each -> flat.add((Step) each));
            } else {
                flat.add((Step) step);
            }
        }
        return flat;
    }

    /** What happens before the first step; by default nothing, so that there is no entry. */
    Scenario before(Step.Action before) {
        this.before = before;
        return this;
    }

    /** The check after the last step; by default that an entry, where there is one, is equal to the data. */
    Scenario atRest(Step.Action atRest) {
        this.atRest = atRest;
        return this;
    }

    /** What this session does after {@link #before}, and before the first step of any session. It makes the check at rest too. */
    Scenario beforeIn(String session, Step.Action its) {
        beforeIn.put(session, its);
        return this;
    }

    /** Values are of a kind that processes keep copies of. */
    Scenario withCopies() {
        copies = true;
        return this;
    }

    boolean hasCopies() {
        return copies;
    }

    /** Copies are served as of a look that was sent before the call. */
    Scenario servingLateCopies() {
        late = true;
        return this;
    }

    boolean servesLateCopies() {
        return late;
    }

    /** These sessions are threads of one process and share a cache; others have their own, as if in processes of their own. */
    Scenario onOneNode(String... names) {
        onOneNode = List.of(names);
        return this;
    }

    /** Loads take leases, so that processes wait for each other's. */
    Scenario withLeases() {
        leases = true;
        return this;
    }

    boolean hasLeases() {
        return leases;
    }

    /** What time has ended is served and loaded again, which the caller's thread does before it returns the old value. */
    Scenario servingStale() {
        staleWhileRevalidate = true;
        return this;
    }

    boolean servesStale() {
        return staleWhileRevalidate;
    }

    /** An expired value is served if its loader fails. */
    Scenario servingStaleIfError() {
        staleIfError = true;
        return this;
    }

    boolean servesStaleIfError() {
        return staleIfError;
    }

    boolean isOnOneNode(int session) {
        return onOneNode.contains(sessions().get(session));
    }

    List<String> sessions() {
        return List.copyOf(sessions.keySet());
    }

    List<Step> steps(int session) {
        return List.copyOf(sessions.values()).get(session);
    }

    int[] stepCounts() {
        return sessions.values().stream().mapToInt(List::size).toArray();
    }

    Step.Action before() {
        return before;
    }

    /** By the indexes of sessions. */
    Map<Integer, Step.Action> beforeIn() {
        Map<Integer, Step.Action> byIndex = new LinkedHashMap<>();
        beforeIn.forEach((session, its) -> byIndex.put(sessions().indexOf(session), its));
        return byIndex;
    }

    Step.Action atRest() {
        return atRest;
    }

    String group() {
        return group;
    }

    /** What the sessions send to the server instead of what they say. */
    UnaryOperator<String> sql() {
        return sql;
    }

    /** The steps in an order of their sessions. */
    String story(byte[] order) {
        int[] next = new int[sessions.size()];
        List<String> told = new ArrayList<>();
        for (byte session : order) {
            told.add(sessions().get(session) + ": " + steps(session).get(next[session]++));
        }
        return String.join(" | ", told);
    }

    @Override
    public String toString() {
        return name;
    }
}
