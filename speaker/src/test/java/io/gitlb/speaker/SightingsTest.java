// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.speaker.l2.Sighting;
import io.gitlb.speaker.l2.SightingKind;
import org.junit.jupiter.api.Test;

final class SightingsTest {

  private final Sightings sightings = new Sightings();

  private void hear(int station) {
    MacAddress mac = MacAddress.of("02:00:5e:%02x:%02x:01".formatted(station / 256, station % 256));
    sightings.add("eth0", new Sighting(IpAddress.of("192.0.2.1"), mac, SightingKind.CLAIM));
  }

  @Test
  void theSameTwiceIsOneAndWhatHasNoRoomIsToldOnce() {
    hear(1);
    hear(1);
    assertEquals(1, sightings.take().size());
    for (int station = 0; station < Sightings.MOST; station++) {
      hear(station);
    }
    assertFalse(sightings.takeOverflow());
    hear(Sightings.MOST);
    assertEquals(Sightings.MOST, sightings.take().size());
    assertTrue(sightings.takeOverflow());
    assertFalse(sightings.takeOverflow());
  }
}
