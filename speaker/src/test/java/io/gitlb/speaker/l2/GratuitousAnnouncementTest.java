// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GratuitousAnnouncementTest {

  @Test
  void aRoundHasTheRequestFormAndTheReplyForm() {
    assertEquals(
        List.of(ArpFrames.GRATUITOUS_REQUEST.value(), ArpFrames.GRATUITOUS_REPLY.value()),
        GratuitousAnnouncement.round(ArpFrames.ADDRESS, ArpFrames.OURS));
  }
}
