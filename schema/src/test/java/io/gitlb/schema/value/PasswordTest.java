// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class PasswordTest {

  @Test
  void hasOneTo80Octets() {
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Password.of(new byte[81]));
    assertEquals(80, Password.of(new byte[80]).toBytes().length);
    assertThrows(IllegalArgumentException.class, () -> Password.ofFirstLine(octets("\nsecond")));
  }

  @Test
  void isTheFirstLineWithoutItsEnd() {
    for (String text : new String[] {"words", "words\n", "words\r\n", "words\nmore\n"}) {
      assertEquals(Password.of(octets("words")), Password.ofFirstLine(octets(text)));
    }
  }

  @Test
  void comparesByContentAndShowsNothing() {
    byte[] given = octets("words");
    Password password = Password.of(given);
    given[0] = 'x';
    password.toBytes()[0] = 'x';
    assertArrayEquals(octets("words"), password.toBytes());
    assertEquals(Password.of(octets("words")).hashCode(), password.hashCode());
    assertNotEquals(Password.of(octets("other")), password);
    assertEquals("(secret)", password.toString());
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
