package io.psycache.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.NullMarked;

/**
 * The lines that the architecture draws between packages, as rules for the classes under a root package: {@code io.psycache},
 * or that of a fixture that crosses them.
 */
public final class Architecture {

    private final String root;

    public Architecture(String root) {
        this.root = root;
    }

    /** The classes of psycache on the class path, without tests and test tools. */
    public static JavaClasses production() {
        return new ClassFileImporter()
                .withImportOption(Architecture::isProduction)
                .importPackages("io.psycache");
    }

    private static boolean isProduction(Location location) {
        return !location.contains("/test-classes/")
                && !location.contains("-tests.jar")
                && !location.contains("psycache-testkit");
    }

    /** All rules by name. */
    public Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("packages use only those below them", packagesUseOnlyThoseBelowThem());
        rules.put("there are no cycles", thereAreNoCycles());
        rules.put("only the starter knows Spring Boot", onlyTheStarterKnowsSpringBoot());
        rules.put("only the store knows JDBC", onlyTheStoreKnowsJdbc());
        rules.put("only the store contains SQL", onlyTheStoreContainsSql());
        rules.put("nothing writes to the console", GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        rules.put("logs go to Commons Logging", logsGoToCommonsLogging());
        rules.put("nothing is injected into fields", GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION);
        rules.put("every package is null-marked", everyPackageIsNullMarked());
        rules.replaceAll((name, rule) -> rule.allowEmptyShould(true).as(name));
        return rules;
    }

    private ArchRule packagesUseOnlyThoseBelowThem() {
        return CompositeArchRule.of(uses("codec.."))
                .and(uses("instrumentation.."))
                .and(uses("internal.lane", "internal"))
                .and(uses("internal.load", "internal"))
                .and(uses("internal.store", "internal"))
                .and(uses("internal.store.schema", "internal.store"))
                .and(uses("internal.store.maintenance", "internal.store", "internal.store.schema"))
                .and(uses("", "codec..", "instrumentation..", "internal.."))
                .and(uses("spring.keys", ""))
                .and(uses("spring.types"))
                .and(uses("spring.tags", "", "spring"))
                .and(uses("spring.advice", "", "spring", "spring.keys", "spring.types", "spring.tags"))
                .and(uses("spring", "", "codec..", "instrumentation..", "internal", "spring.keys", "spring.types"))
                .and(uses("spring.boot.diagnostics", ""))
                .and(uses("spring.boot.actuate", "", "instrumentation..", "spring"))
                .and(uses("spring.boot.instrumentation", "", "instrumentation..", "spring"))
                .and(uses("cli", "", "codec..", "instrumentation.."));
    }

    /** @param packages the packages that {@code name} may use besides itself, relative to the root */
    private ArchRule uses(String name, String... packages) {
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(packages))
                .map(this::in)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(in(name))
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..").and(not(resideInAnyPackage(allowed))))
                .allowEmptyShould(true);
    }

    private ArchRule thereAreNoCycles() {
        return SlicesRuleDefinition.slices()
                .assignedFrom(new EachPackage())
                .should()
                .beFreeOfCycles();
    }

    private ArchRule onlyTheStarterKnowsSpringBoot() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("spring.boot.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.springframework.boot..");
    }

    /** What an application hands over or caches is no use of JDBC: the data source, and the types of dates. */
    private ArchRule onlyTheStoreKnowsJdbc() {
        DescribedPredicate<JavaClass> jdbc = resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "org.postgresql..",
                        "org.springframework.jdbc.core..",
                        "org.springframework.jdbc.object..",
                        "org.springframework.jdbc.support..")
                .and(not(belongToAnyOf(DataSource.class, Date.class, Time.class, Timestamp.class)));
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("internal.store.."))
                .should()
                .dependOnClassesThat(jdbc);
    }

    private ArchRule onlyTheStoreContainsSql() {
        return classes().that().resideOutsideOfPackage(in("internal.store..")).should(new ContainNoSql());
    }

    /** The command line is an application: it decides where logs go. */
    private ArchRule logsGoToCommonsLogging() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("cli.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.util.logging..", "org.slf4j..", "ch.qos.logback..", "org.apache.logging..")
                        .or(belongToAnyOf(System.Logger.class)));
    }

    /** NullAway looks only at marked packages: without the mark it is silent. */
    private ArchRule everyPackageIsNullMarked() {
        return classes().should(new ArchCondition<JavaClass>("be in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        type,
                        type.getPackage().isAnnotatedWith(NullMarked.class),
                        type.getName() + ": its package has no package-info with @NullMarked"));
            }
        });
    }

    private String in(String name) {
        return name.isEmpty() ? root : root + "." + name;
    }

    /** Each package is a slice of its own. */
    private static final class EachPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return SliceIdentifier.of(type.getPackageName());
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    }
}
