package io.embedmta;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what is logged from the console, for the test to look at. One at a time. */
public final class LogCapture implements AutoCloseable {
    private final PrintStream console = System.err;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final Map<Logger, Integer> levels = new HashMap<>();

    private LogCapture() {
        System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
    }

    /** Captures what is logged anyway. */
    public static LogCapture start() {
        return new LogCapture();
    }

    /** Captures all that these classes could ever log. */
    public static LogCapture tracing(Class<?>... classes) {
        LogCapture capture = new LogCapture();
        for (Class<?> type : classes) {
            Logger logger = LoggerFactory.getLogger(type);
            capture.levels.put(logger, level(logger, 0));
        }
        return capture;
    }

    /** Sets the level of one of slf4j-simple's loggers; gives the one it had. */
    private static int level(Logger logger, int level) {
        try {
            Field field = logger.getClass().getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            int before = field.getInt(logger);
            field.setInt(logger, level);
            return before;
        } catch (ReflectiveOperationException e) {
            ILoggerFactory factory = LoggerFactory.getILoggerFactory();
            throw new LinkageError("Not slf4j-simple but " + factory.getClass(), e);
        }
    }

    public String text() {
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        levels.forEach(LogCapture::level);
        System.setErr(console);
    }
}
