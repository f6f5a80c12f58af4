// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventWriterTest {

  @Test
  void aStreamSaysThatItsConnectionEndsWithIt() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EventWriter.Chunks().begin(out);
    assertTrue(
        out.toString(StandardCharsets.US_ASCII).contains("\r\nConnection: close\r\n"),
        out::toString);
  }
}
