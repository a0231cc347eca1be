package io.psycache.testsupport;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Counts the given types of each package. */
final class LiveInSmallPackages extends ArchCondition<JavaClass> {
    private final int most;
    private final Map<String, Integer> types = new TreeMap<>();

    /** @param most types of a package */
    LiveInSmallPackages(int most) {
        super("live in packages of at most " + most + " types");
        this.most = most;
    }

    @Override
    public void init(Collection<JavaClass> all) {
        types.clear();
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        types.merge(type.getPackageName(), 1, Integer::sum);
    }

    @Override
    public void finish(ConditionEvents events) {
        types.forEach((name, count) -> events.add(new SimpleConditionEvent(
                name, count <= most, name + " has " + count + " types, " + most + " at most")));
    }
}
