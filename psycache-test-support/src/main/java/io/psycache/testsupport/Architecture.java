package io.psycache.testsupport;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
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
    private static final int MOST_TYPES_OF_THE_ROOT = 15;
    private static final int MOST_TYPES_OF_A_PACKAGE = 25;

    private static final DescribedPredicate<JavaClass> TOP_LEVEL = describe(
            "top-level types",
            type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"));

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
                && !location.contains("psycache-test-support");
    }

    /** All rules by name. */
    public Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("packages use only those below them", packagesUseOnlyThoseBelowThem());
        rules.put("there are no cycles", thereAreNoCycles());
        rules.put("nothing internal names an entry point", nothingInternalNamesAnEntryPoint());
        rules.put("only the starter knows Spring Boot", onlyTheStarterKnowsSpringBoot());
        rules.put("only the store knows JDBC", onlyTheStoreKnowsJdbc());
        rules.put("only the store contains SQL", onlyTheStoreContainsSql());
        rules.put("nothing writes to the console", GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        rules.put("logs go to Commons Logging", logsGoToCommonsLogging());
        rules.put("nothing is injected into fields", GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION);
        rules.put("every package is null-marked", everyPackageIsNullMarked());
        rules.put("only Backends asks for the transaction", onlyBackendsAsksForTheTransaction());
        rules.put("only backends and store take part in the transaction", onlyBackendsAndStoreTakePart());
        rules.put("the root package is small", theRootPackageIsSmall());
        rules.put("the root package is public", theRootPackageIsPublic());
        rules.put("packages are small", packagesAreSmall());
        rules.put("there are no cycles of files", thereAreNoCyclesOfFiles());
        return named(rules);
    }

    private static Map<String, ArchRule> named(Map<String, ArchRule> rules) {
        rules.replaceAll((name, rule) -> rule.allowEmptyShould(true).as(name));
        return rules;
    }

    private ArchRule packagesUseOnlyThoseBelowThem() {
        return CompositeArchRule.of(uses("codec.."))
                .and(uses("instrumentation..", "internal"))
                .and(uses("internal"))
                .and(uses("internal.lane", "internal", "instrumentation"))
                .and(uses("internal.store", "internal", "instrumentation", "internal.store.session"))
                .and(uses("internal.store.session"))
                .and(uses("internal.store.schema", "", "internal.store", "internal.store.session"))
                .and(uses(
                        "internal.store.maintenance",
                        "internal.store",
                        "internal.store.schema",
                        "internal.store.session"))
                .and(uses("internal.near", "internal.lane", "internal.store", "internal.store.session"))
                .and(uses(
                        "internal.backend",
                        "",
                        "instrumentation",
                        "internal",
                        "internal.lane",
                        "internal.near",
                        "internal.store",
                        "internal.store.session"))
                .and(uses(
                        "internal.entry",
                        "",
                        "codec",
                        "instrumentation",
                        "internal",
                        "internal.backend",
                        "internal.store"))
                .and(uses(
                        "internal.load",
                        "",
                        "instrumentation",
                        "internal",
                        "internal.backend",
                        "internal.entry",
                        "internal.store"))
                .and(uses("internal.engine", "", "instrumentation", "internal.."))
                .and(uses(
                        "",
                        "codec",
                        "instrumentation",
                        "internal",
                        "internal.engine",
                        "internal.store",
                        "internal.store.schema"))
                .and(uses("spring.keys", "", "instrumentation"))
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
        return classes().should(new BeFreeOfCycles(JavaClass::getPackageName, this::isOfAnEntryPoint));
    }

    private ArchRule thereAreNoCyclesOfFiles() {
        return classes().should(new BeFreeOfCycles(type -> outermost(type).getName(), this::isOfAnEntryPoint));
    }

    private boolean isOfAnEntryPoint(Dependency dependency) {
        return entryPoints().test(dependency.getOriginClass())
                && resideInAPackage(in("internal..")).test(dependency.getTargetClass());
    }

    /** What puts the API's implementation together: it names what implements the API, which names its types. */
    private DescribedPredicate<JavaClass> entryPoints() {
        return describe(
                "entry points of the API",
                type -> type.getName().equals(in("PostgresCache$Builder"))
                        || outermost(type).getName().equals(in("PsycacheSchema")));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(Architecture::outermost).orElse(type);
    }

    private ArchRule nothingInternalNamesAnEntryPoint() {
        return noClasses().that().resideInAPackage(in("internal..")).should().dependOnClassesThat(entryPoints());
    }

    private ArchRule onlyBackendsAsksForTheTransaction() {
        return noClasses()
                .that(describe(
                        "are not Backends", type -> !outermost(type).getName().equals(in("internal.backend.Backends"))))
                .should()
                .accessTargetWhere(TransactionQuestions.ASKS);
    }

    private ArchRule onlyBackendsAndStoreTakePart() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(in("internal.backend.."), in("internal.store.."))
                .should()
                .accessTargetWhere(TransactionQuestions.TAKES_PART);
    }

    private ArchRule theRootPackageIsSmall() {
        return classes()
                .that(TOP_LEVEL)
                .and()
                .resideInAPackage(root)
                .should(new LiveInSmallPackages(MOST_TYPES_OF_THE_ROOT));
    }

    private ArchRule theRootPackageIsPublic() {
        return classes().that(TOP_LEVEL).and().resideInAPackage(root).should().bePublic();
    }

    private ArchRule packagesAreSmall() {
        return classes().that(TOP_LEVEL).should(new LiveInSmallPackages(MOST_TYPES_OF_A_PACKAGE));
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
}
