package io.psycache.testsupport;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * JUnit extension that closes what a test opens through it, the last resource first, after the test's own {@code @AfterEach}.
 *
 * <p>Register it in a field with {@link RegisterExtension}. In an instance field it lives as long as one test. In a static field,
 * or in an instance field of a class with the lifecycle {@code PER_CLASS}, it lives as long as the class: it closes after each test
 * what that test and its instance opened, and the rest after the last test. Outside JUnit, {@link #close} it yourself.
 */
public abstract class ClosingExtension
        implements AutoCloseable,
                BeforeAllCallback,
                TestInstancePreConstructCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback {
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private @Nullable String owner;

    /** How many resources outlive a test: all, until the first test begins. */
    private int resourcesOfClass = Integer.MAX_VALUE;

    protected ClosingExtension() {}

    /** The resource itself, which closes with the test or the class that opens it here, before all that was opened earlier. */
    public final synchronized <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    /** Cleans up after a test of a class that shares this extension, once the test's resources are closed. */
    protected void afterSharedTest() {}

    /** Closes all resources that are open, even where one of them fails. */
    @Override
    public final void close() {
        closeDownTo(0);
    }

    private synchronized void closeDownTo(int remaining) {
        IllegalStateException failure = new IllegalStateException("test resources did not close");
        while (resources.size() > remaining) {
            try {
                resources.pop().close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    @Override
    public final void beforeAll(ExtensionContext context) {
        if (owner == null) {
            owner = context.getUniqueId();
        }
    }

    @Override
    public final void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        keepResourcesOfClass();
    }

    @Override
    public final void beforeEach(ExtensionContext context) {
        keepResourcesOfClass();
    }

    /** On the first call after {@code @BeforeAll}: with PER_METHOD before the first instance, else before the first test. */
    private synchronized void keepResourcesOfClass() {
        if (owner != null && resourcesOfClass == Integer.MAX_VALUE) {
            resourcesOfClass = resources.size();
        }
    }

    @Override
    public final void afterEach(ExtensionContext context) {
        if (owner == null) {
            close();
        } else {
            closeDownTo(resourcesOfClass);
            afterSharedTest();
        }
    }

    @Override
    public final void afterAll(ExtensionContext context) {
        if (context.getUniqueId().equals(owner)) {
            close();
        }
    }
}
