package io.embedmta;

import io.embedmta.internal.intake.Intake;
import io.embedmta.internal.intake.Submitter;
import io.embedmta.internal.intake.Submitter.Needed;
import io.embedmta.internal.intake.Submitter.Submitted;
import io.embedmta.message.ContentSource;
import io.embedmta.message.Envelope;
import io.embedmta.message.QueueId;
import io.embedmta.message.Recipient;
import io.embedmta.queue.MailQueue;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the mail of the application itself, and lets it know what becomes of that. */
final class OwnMail {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMail.class);

    private final Submitter submitter;
    private final Submissions submissions;

    OwnMail(Intake intake, Submissions submissions) {
        this.submitter = new Submitter(intake);
        this.submissions = submissions;
    }

    Submission submit(Envelope envelope, ContentSource content, Needed needed) {
        AtomicReference<QueueId> expected = new AtomicReference<>();
        boolean taken = false;
        try {
            Submitted submitted =
                    submitter.submit(
                            envelope,
                            content,
                            needed,
                            id -> {
                                expected.set(id);
                                submissions.expect(id);
                            });
            Submission submission =
                    new Submission(
                            submitted,
                            envelope.recipients().stream()
                                    .map(Recipient::address)
                                    .distinct()
                                    .toList());
            submissions.add(submission);
            taken = true;
            return submission;
        } catch (Submitter.RefusedException e) {
            throw new SubmissionRefusedException(e.reply(), e.refused(), e);
        } catch (IOException e) {
            LOG.error("A submission could not be queued.", e);
            throw new SubmissionRefusedException(MailQueue.refusal(e), Map.of(), e);
        } finally {
            if (!taken && expected.get() != null) {
                submissions.forget(expected.get());
            }
        }
    }
}
