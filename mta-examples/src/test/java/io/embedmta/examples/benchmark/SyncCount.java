package io.embedmta.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Counts the syncs of this process, of files and of directories, by its flight recorder. */
final class SyncCount {
    private static final String EVENT = "jdk.FileForce";

    private Recording recording = new Recording();

    void start() {
        recording = new Recording();
        recording.enable(EVENT).withThreshold(Duration.ZERO).withoutStackTrace();
        recording.start();
    }

    /** How many there were since the start. */
    long stop() throws IOException {
        Path file = Files.createTempFile("syncs", ".jfr");
        try {
            recording.stop();
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            return events.stream()
                    .filter(event -> event.getEventType().getName().equals(EVENT))
                    .count();
        } finally {
            recording.close();
            Files.delete(file);
        }
    }
}
