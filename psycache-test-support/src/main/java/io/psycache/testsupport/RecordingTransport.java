package io.psycache.testsupport;

import io.sentry.Hint;
import io.sentry.SentryEnvelope;
import io.sentry.SentryEnvelopeItem;
import io.sentry.transport.ITransport;
import io.sentry.transport.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transport of Sentry's SDK that keeps what would be sent. */
public final class RecordingTransport implements ITransport {
    private final List<String> transactions = new ArrayList<>();

    /** The transactions as JSON. */
    public synchronized List<String> transactions() {
        return List.copyOf(transactions);
    }

    @Override
    public synchronized void send(SentryEnvelope envelope, Hint hint) {
        for (SentryEnvelopeItem item : envelope.getItems()) {
            if (item.getHeader().getType().getItemType().equals("transaction")) {
                transactions.add(text(item));
            }
        }
    }

    private static String text(SentryEnvelopeItem item) {
        try {
            return new String(item.getData(), StandardCharsets.UTF_8);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void flush(long timeoutMillis) {}

    @Override
    public @Nullable RateLimiter getRateLimiter() {
        return null;
    }

    @Override
    public void close() {}

    @Override
    public void close(boolean isRestarting) {}
}
