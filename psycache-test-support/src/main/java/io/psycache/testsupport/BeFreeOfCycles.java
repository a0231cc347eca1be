package io.psycache.testsupport;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Looks for parts that depend on each other, and reports each group of them once, with what they use of each other. ArchUnit's
 * own search (1.5.0) finds only some of the cycles where there are several groups.
 */
final class BeFreeOfCycles extends ArchCondition<JavaClass> {
    private final Function<JavaClass, String> partOf;
    private final Predicate<Dependency> allowed;
    private final Map<String, Set<String>> uses = new TreeMap<>();

    /**
     * @param partOf the name of the part that a class belongs to
     * @param allowed dependencies that make no cycle
     */
    BeFreeOfCycles(Function<JavaClass, String> partOf, Predicate<Dependency> allowed) {
        super("be free of cycles");
        this.partOf = partOf;
        this.allowed = allowed;
    }

    @Override
    public void init(Collection<JavaClass> all) {
        uses.clear();
        all.forEach(type -> uses.put(partOf.apply(type), new TreeSet<>()));
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        String part = partOf.apply(type);
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            String used = partOf.apply(dependency.getTargetClass().getBaseComponentType());
            if (!used.equals(part) && uses.containsKey(used) && !allowed.test(dependency)) {
                uses.computeIfAbsent(part, name -> new TreeSet<>()).add(used);
            }
        }
    }

    @Override
    public void finish(ConditionEvents events) {
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(part -> reached.put(part, reachedFrom(part)));
        reached.keySet().stream()
                .map(part -> groupOf(part, reached))
                .filter(group -> !group.isEmpty())
                .distinct()
                .forEach(group -> events.add(SimpleConditionEvent.violated(group, described(group))));
    }

    /** Those that the part reaches and that reach it; none where it is in no cycle. */
    private static Set<String> groupOf(String part, Map<String, Set<String>> reached) {
        return reached.getOrDefault(part, Set.of()).stream()
                .filter(other -> reached.getOrDefault(other, Set.of()).contains(part))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> reachedFrom(String part) {
        Set<String> reached = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(usedBy(part));
        while (!next.isEmpty()) {
            String used = next.pop();
            if (reached.add(used)) {
                next.addAll(usedBy(used));
            }
        }
        return reached;
    }

    private Set<String> usedBy(String part) {
        return uses.getOrDefault(part, Set.of());
    }

    private String described(Set<String> group) {
        return "Cycle: "
                + group.stream()
                        .map(part -> part + " uses "
                                + usedBy(part).stream().filter(group::contains).toList())
                        .collect(Collectors.joining("; "));
    }
}
