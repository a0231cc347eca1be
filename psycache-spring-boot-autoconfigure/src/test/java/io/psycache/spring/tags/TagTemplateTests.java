package io.psycache.spring.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.psycache.spring.CacheFixture;
import io.psycache.spring.CacheTags;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.test.util.AopTestUtils;

/** What the templates of tags may say, and what becomes of those that say nothing sensible. */
@ExtendWith(OutputCaptureExtension.class)
class TagTemplateTests {
    private static final String KEY = "orders::1L";

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    record Order(long id, @Nullable Long customer, List<Long> products) {}

    static class Templates {
        private @Nullable Object result;

        @Cacheable("orders")
        @CacheTags({
            "#{#root.methodName}",
            "#{#root.method.name.length()}",
            "#{#root.targetClass.simpleName}",
            "#{#root.target.text()}",
            "args #{#root.args[0]}",
            "bean #{@word}"
        })
        public Integer root(long id) {
            return 1;
        }

        public String text() {
            return "of the target";
        }

        @Cacheable("orders")
        @CacheTags({"#{#result}", "#{null}", "#{{}}", "#{{'a', null, 'b'}}", "#{new int[] {1, 2}}", "kept"})
        public @Nullable Integer nulls(long id) {
            return null;
        }

        @Cacheable("orders")
        @CacheTags("customer:#{#result.customer}")
        public @Nullable Object text(long id) {
            return result;
        }

        @Cacheable(cacheNames = "orders", sync = true)
        @CacheTags("customer:#{#result.customer}")
        public @Nullable Object textSync(long id) {
            return result;
        }

        @CachePut("orders")
        @CacheTags("customer:#{#result.customer}")
        public @Nullable Object textPut(long id) {
            return result;
        }

        @Cacheable("orders")
        @CacheTags("product:#{#result.products}")
        public @Nullable Object several(long id) {
            return result;
        }

        @Cacheable("orders")
        @CacheTags("#{''}")
        public @Nullable Object blank(long id) {
            return result;
        }

        @Cacheable("orders")
        @CacheTags("#{#root.target}")
        public @Nullable Object identity(long id) {
            return result;
        }

        @Cacheable("orders")
        @CacheTags("nul \0")
        public @Nullable Object unstorable(long id) {
            return result;
        }

        @Cacheable("orders")
        @CacheTags("user:#{#user}")
        public Integer unknownVariable(long id) {
            return 1;
        }

        @Cacheable("orders")
        @CacheTags("user:#{#id")
        public Integer unclosed(long id) {
            return 1;
        }

        @Cacheable("orders")
        @CacheTags("user:#{#id +}")
        public Integer incomplete(long id) {
            return 1;
        }

        @Cacheable("orders")
        @CacheTags(" ")
        public Integer blankTemplate(long id) {
            return 1;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    private Templates templates(@Nullable Object result) {
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.register(Caching.class, DeclaredTypeCacheConfigurer.class, Templates.class);
        created.registerBean(CacheManager.class, () -> fixture.manager);
        created.registerBean("word", String.class, () -> "called word");
        created.refresh();
        Templates templates = created.getBean(Templates.class);
        AopTestUtils.<Templates>getTargetObject(templates).result = result;
        return templates;
    }

    private @Nullable String tags() {
        return fixture.column("tags", KEY);
    }

    private boolean isCached() {
        return fixture.cache.exists(KEY);
    }

    @Test
    void expressionsSeeTheCallAndBeans() {
        templates(null).root(1);
        assertThat(tags())
                .isEqualTo("{c:orders,t:root,t:4,t:Templates,\"t:of the target\",\"t:args 1\",\"t:bean called word\"}");
    }

    @Test
    void nullIsNoTag() {
        templates(null).nulls(1);
        assertThat(tags()).isEqualTo("{c:orders,t:a,t:b,t:1,t:2,t:kept}");
    }

    private void assertNotCached(Function<Templates, @Nullable Object> call, CapturedOutput output, String... reasons) {
        Order order = new Order(1, null, List.of(1L, 2L));
        Templates templates = templates(order);
        assertThat(call.apply(templates)).isEqualTo(order);
        assertThat(call.apply(templates)).isEqualTo(order);
        assertThat(isCached()).isFalse();
        assertThat(fixture.statistics("orders").getSkippedPuts()).isEqualTo(2);
        assertThat(output).containsOnlyOnce("does not cache values of").contains(reasons);
    }

    @Test
    void nullWithinTextIsAnError(CapturedOutput output) {
        assertNotCached(
                templates -> templates.text(1),
                output,
                "\"customer:#{#result.customer}\" in @CacheTags of " + Templates.class.getName() + ".text is no tag",
                "#result.customer is null",
                "or null");
    }

    @Test
    void aSynchronizedLoadWithoutItsTagsIsReturnedAndNotCached(CapturedOutput output) {
        assertNotCached(templates -> templates.textSync(1), output, "#result.customer is null");
    }

    @Test
    void aPutWithoutItsTagsEndsTheOldEntry(CapturedOutput output) {
        fixture.cache("orders").put(1L, "older");
        assertNotCached(templates -> templates.textPut(1), output, "#result.customer is null");
    }

    @Test
    void severalElementsWithinTextAreAnError(CapturedOutput output) {
        assertNotCached(templates -> templates.several(1), output, "#{#result.products.!['text' + #this]}");
    }

    @Test
    void aBlankTagIsAnError(CapturedOutput output) {
        assertNotCached(templates -> templates.blank(1), output, "gives a blank tag");
    }

    @Test
    void aTagOfAnObjectsIdentityIsAnError(CapturedOutput output) {
        assertNotCached(templates -> templates.identity(1), output, "Templates, which has no toString");
    }

    @Test
    void aTagThatPostgresCannotStoreIsAnError(CapturedOutput output) {
        assertNotCached(templates -> templates.unstorable(1), output, "tag must not contain NUL");
    }

    @Test
    void aFailingExpressionIsNoErrorOfTheCaller(CapturedOutput output) {
        Templates templates = templates(null);
        assertThat(templates.text(1)).isNull();
        assertThat(isCached()).isFalse();
        assertThat(output).containsOnlyOnce("\"customer:#{#result.customer}\"").contains("failed: EL1007E");
    }

    private void assertRefused(Function<Templates, Object> call, String... reasons) {
        Templates templates = templates(null);
        for (int i = 0; i < 2; i++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> call.apply(templates))
                    .satisfies(refusal -> assertThat(Objects.requireNonNull(refusal.getMessage()))
                            .contains("@CacheTags of " + Templates.class.getName())
                            .contains(reasons));
        }
    }

    @Test
    void whatIsNoTemplateFailsTheFirstCall() {
        assertRefused(templates -> templates.unknownVariable(1), "uses #user", "#a0, #id, #p0, #result", "-parameters");
    }

    @Test
    void anUnclosedExpressionFailsTheFirstCall() {
        assertRefused(templates -> templates.unclosed(1), "\"user:#{#id\"", "can't be parsed", "No ending suffix");
    }

    @Test
    void anIncompleteExpressionFailsTheFirstCall() {
        assertRefused(templates -> templates.incomplete(1), "\"user:#{#id +}\"", "can't be parsed: ");
    }

    @Test
    void aBlankTemplateFailsTheFirstCall() {
        assertRefused(templates -> templates.blankTemplate(1), "blank tag");
    }

    /** As the classes of the JDK are compiled. */
    @Test
    void withoutNamesTheNumbersOfParametersRemain() throws NoSuchMethodException {
        Method method = String.class.getMethod("concat", String.class);
        MethodExpressions expressions =
                new MethodExpressions(CacheTags.class, method, true, new StandardEvaluationContext());
        assertThatIllegalStateException()
                .isThrownBy(() -> new TagTemplate("#{#str}", expressions))
                .withMessageContaining("uses #str, but here are only #a0, #p0, #result, #root, #this; ")
                .withMessageContaining("-parameters");
        MethodCall call = new MethodCall(method, "a", String.class, new Object[] {"b"});
        TagTemplate numbered = new TagTemplate("#{#a0}", expressions);
        assertThat(numbered.tags(expressions.context(call, null))).containsExactly("b");
    }
}
