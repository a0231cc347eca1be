package io.psycache.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The network between a process and the server, which can fail: {@link #cut}, {@link #refuse} and {@link #loseStatements}, until it is
 * {@link #heal healed}.
 */
public final class FaultyNetwork implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final int server;
    private final int port;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong statements = new AtomicLong();
    private final Object healed = new Object();
    private @Nullable ServerSocket listener;
    private volatile boolean cut;
    private volatile int lost;

    /** @param server port of the server */
    public FaultyNetwork(int server) throws IOException {
        this.server = server;
        ServerSocket first = new ServerSocket(0, 50, LOOPBACK);
        this.port = first.getLocalPort();
        accept(first);
    }

    public int port() {
        return port;
    }

    /** Nothing arrives any more, and nobody is told. */
    public void cut() {
        cut = true;
    }

    /** Connections are closed, and no further ones are accepted. */
    public synchronized void refuse() {
        unchecked(() -> {
            if (listener != null) {
                listener.close();
                listener = null;
            }
            closeSockets();
        });
    }

    /** Of so many statements of the cache one is never answered, nor is what comes after it on its connection. */
    public void loseStatements(int oneOf) {
        lost = oneOf;
    }

    /** What was held arrives, but for lost statements; connections are accepted. */
    public synchronized void heal() {
        lost = 0;
        synchronized (healed) {
            cut = false;
            healed.notifyAll();
        }
        if (listener == null) {
            unchecked(this::listenAgain);
        }
    }

    private void listenAgain() throws IOException {
        ServerSocket next = new ServerSocket();
        next.setReuseAddress(true);
        next.bind(new InetSocketAddress(LOOPBACK, port));
        accept(next);
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static void unchecked(Task task) {
        try {
            task.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException e) {
                // closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void accept(ServerSocket open) {
        listener = open;
        start(() -> {
            while (true) {
                connect(open.accept());
            }
        });
    }

    private void connect(Socket client) throws IOException {
        try {
            Socket behind = new Socket(LOOPBACK, server);
            sockets.addAll(List.of(client, behind));
            start(() -> forward(client, behind, true));
            start(() -> forward(behind, client, false));
        } catch (SocketException e) { // the server is stopped
            client.close();
        }
    }

    private void forward(Socket from, Socket to, boolean isFromClient) throws IOException, InterruptedException {
        try (from;
                to) {
            from.setTcpNoDelay(true);
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[65_536];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (isFromClient && isLost(buffer, length)) {
                    awaitEnd(in, buffer);
                    return;
                }
                awaitHealed();
                out.write(buffer, 0, length);
            }
        } finally {
            sockets.removeAll(List.of(from, to));
        }
    }

    private boolean isLost(byte[] message, int length) {
        return lost > 0 && isOfTheCache(message, length) && statements.incrementAndGet() % lost == 0;
    }

    /** A statement that the driver parses, or one that it has prepared. */
    private static boolean isOfTheCache(byte[] message, int length) {
        return message[0] == 'B'
                || message[0] == 'P'
                        && new String(message, 0, length, StandardCharsets.ISO_8859_1).contains("psycache");
    }

    private static void awaitEnd(InputStream in, byte[] buffer) throws IOException {
        while (in.read(buffer) >= 0) {
            // nobody gets it
        }
    }

    private void awaitHealed() throws InterruptedException {
        synchronized (healed) {
            while (cut) {
                healed.wait();
            }
        }
    }

    private void closeSockets() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        heal();
        if (listener != null) {
            listener.close();
        }
        closeSockets();
    }
}
