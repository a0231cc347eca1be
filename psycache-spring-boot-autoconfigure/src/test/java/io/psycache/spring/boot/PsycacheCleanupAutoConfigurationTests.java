package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.PsycacheSchema;
import io.psycache.spring.boot.CleanupConfiguration.CleanupLifecycle;
import io.psycache.spring.boot.CleanupConfiguration.ScheduledCleanup;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

class PsycacheCleanupAutoConfigurationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ApplicationContextRunner runner = BootClasses.runner()
            .withBean(DataSource.class, database::unpooled)
            .withPropertyValues("psycache.cleanup.interval=1h");

    @BeforeEach
    void insertAnExpiredRow() {
        database.execute("insert into psycache (key, value, expires_at) values ('old', '1', now() - interval '1 day')");
    }

    @Test
    void itRunsAtOnceOnAThreadOfItsOwnWhereSchedulingIsOff() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(ScheduledTaskHolder.class);
            awaitCleanup();
            assertThat(context.getBean(CleanupLifecycle.class).isRunning()).isTrue();
        });
    }

    @Test
    void itNeverTurnsSchedulingOn() {
        runner.run(context -> assertThat(context).doesNotHaveBean(ScheduledTaskHolder.class));
    }

    /** As a library for locks of scheduled tasks does. */
    @Test
    void itsScheduledMethodCanBeAdvisedWhereProxiesAreOfInterfaces() {
        runner.withUserConfiguration(Scheduling.class)
                .withBean(DefaultAdvisorAutoProxyCreator.class)
                .withBean(
                        Advisor.class,
                        () -> new DefaultPointcutAdvisor(
                                AnnotationMatchingPointcut.forMethodAnnotation(Scheduled.class),
                                (MethodInterceptor) MethodInvocation::proceed))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    awaitCleanup();
                });
    }

    @Test
    void itEndsWithTheApplication() {
        CleanupLifecycle[] cleanup = new CleanupLifecycle[1];
        runner.run(context -> cleanup[0] = context.getBean(CleanupLifecycle.class));
        assertThat(cleanup[0].isRunning()).isFalse();
    }

    @Test
    void itCanBeStoppedAndStartedAgain() {
        runner.run(context -> {
            CleanupLifecycle cleanup = context.getBean(CleanupLifecycle.class);
            cleanup.stop();
            assertThat(cleanup.isRunning()).isFalse();
            cleanup.start();
            assertThat(cleanup.isRunning()).isTrue();
        });
    }

    @Test
    void itIsAScheduledTaskOfTheApplicationWhereSchedulingIsOn() {
        runner.withUserConfiguration(Scheduling.class).run(context -> {
            assertThat(context.getBean(CleanupLifecycle.class).isRunning()).isFalse();
            Set<ScheduledTask> tasks =
                    context.getBean(ScheduledTaskHolder.class).getScheduledTasks();
            assertThat(tasks).singleElement().satisfies(task -> {
                FixedDelayTask cleanup = (FixedDelayTask) task.getTask();
                assertThat(cleanup.getIntervalDuration()).isEqualTo(Duration.ofHours(1));
                assertThat(cleanup.getInitialDelayDuration()).isZero();
            });
            awaitCleanup();
        });
    }

    @Test
    void itIsAScheduledTaskTooWhereALaterAutoConfigurationTurnsSchedulingOn() {
        runner.withConfiguration(AutoConfigurations.of(LaterScheduling.class)).run(context -> {
            assertThat(context.getBean(ScheduledTaskHolder.class).getScheduledTasks())
                    .hasSize(1);
            assertThat(context.getBean(CleanupLifecycle.class).isRunning()).isFalse();
            awaitCleanup();
        });
    }

    @Test
    void theScheduledIntervalHasTheSameDefaultAndSpellings() {
        BootClasses.runner()
                .withBean(DataSource.class, database::unpooled)
                .withUserConfiguration(Scheduling.class)
                .run(context -> assertThat(
                                context.getBean(ScheduledTaskHolder.class).getScheduledTasks())
                        .singleElement()
                        .satisfies(task -> assertThat(((FixedDelayTask) task.getTask()).getIntervalDuration())
                                .isEqualTo(context.getBean(PsycacheProperties.class)
                                        .cleanup()
                                        .interval())));
    }

    @Test
    void itCanBeTurnedOff() {
        runner.withPropertyValues("psycache.cleanup.enabled=false")
                .withUserConfiguration(Scheduling.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(CleanupLifecycle.class).doesNotHaveBean(ScheduledCleanup.class);
                    assertThat(context.getBean(ScheduledTaskHolder.class).getScheduledTasks())
                            .isEmpty();
                });
    }

    @Test
    void whatANodeHasDoneWithinTheIntervalIsNotDoneAgain() {
        runner.withUserConfiguration(Scheduling.class).run(context -> {
            awaitCleanup();
            await().until(() -> database.queryForString("select swept_at from psycache_epoch") != null);
            insertAnExpiredRow();

            context.getBean(ScheduledCleanup.class).deleteExpired();

            assertThat(database.queryForLong("select count(*) from psycache")).isOne();
        });
    }

    private void awaitCleanup() {
        await().until(() -> database.queryForLong("select count(*) from psycache") == 0);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    @AutoConfiguration(after = PsycacheAutoConfiguration.class)
    @EnableScheduling
    static class LaterScheduling {}
}
