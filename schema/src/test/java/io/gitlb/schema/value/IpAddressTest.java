// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:db8::1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "::192.0.2.1, ::c000:201",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
  })
  void readsEveryFormAndWritesTheCanonicalOne(String text, String canonical) {
    assertEquals(canonical, IpAddress.of(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "1.2.3.256",
        "1.2.3.-4",
        "1.2.3.4 ",
        "1.2.3.4/32",
        "0x1.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "fe80::1%eth0",
        "[::1]",
        "g::",
        "::1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:8::",
        "::1:",
        "1.2.3.4.",
        "1:2:3:4:5:6:7:1.2.3.4",
        "٣.2.3.4"
      })
  void refusesWhatIsNotAnAddress(String text) {
    assertEquals(Optional.empty(), IpAddress.parse(text));
  }

  @Test
  void mappedAddressStaysIpv6() {
    IpAddress mapped = IpAddress.of("::ffff:192.0.2.1");
    assertInstanceOf(Ipv6.class, mapped);
    assertEquals(IpFamily.IPV6, mapped.family());
    assertEquals("::ffff:c000:201", mapped.toString());
  }

  @Test
  void sortsIpv4FirstThenUnsigned() {
    List<String> sorted =
        Stream.of("8000::", "::1", "200.0.0.1", "10.0.0.1", "7fff::", "1::8000:0:0:0")
            .map(IpAddress::of)
            .sorted()
            .map(IpAddress::toString)
            .toList();
    assertEquals(
        List.of("10.0.0.1", "200.0.0.1", "::1", "1::8000:0:0:0", "7fff::", "8000::"), sorted);
  }

  @Test
  void nextCarriesAndEndsWithTheFamily() {
    assertEquals(IpAddress.of("192.0.3.0"), IpAddress.of("192.0.2.255").next().orElseThrow());
    assertEquals(
        IpAddress.of("2001:db8:0:1::"),
        IpAddress.of("2001:db8::ffff:ffff:ffff:ffff").next().orElseThrow());
    assertEquals(Optional.empty(), IpAddress.of("255.255.255.255").next());
    assertEquals(Optional.empty(), IpAddress.of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").next());
  }

  @Test
  void randomAddressesSurviveTextBytesAndNumberAndAgreeWithTheJdk() throws UnknownHostException {
    long seed = 20_261_121L;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(octets);
      for (int j = 0; j < octets.length; j++) {
        // Many zero groups, for "::".
        octets[j] = random.nextInt(3) == 0 ? octets[j] : 0;
      }
      IpAddress address = IpAddress.ofBytes(octets);
      String context = "seed " + seed + ", round " + i + ", " + address;
      assertEquals(address, IpAddress.of(address.toString()), context);
      assertEquals(address, IpAddress.ofBytes(address.toBytes()), context);
      assertEquals(new BigInteger(1, octets), address.toNumber(), context);
      assertEquals(address, IpAddress.ofNumber(address.family(), address.toNumber()), context);
      InetAddress jdk = InetAddress.getByAddress(octets);
      if (jdk.getAddress().length == octets.length) {
        assertEquals(address, IpAddress.of(jdk.getHostAddress()), context);
      }
    }
  }

  @Test
  void prefixMasksHostBitsAndKnowsItsLastAddress() {
    assertEquals("198.51.100.0/24", IpPrefix.of("198.51.100.10/24").toString());
    assertEquals("198.51.100.255", IpPrefix.of("198.51.100.10/24").last().toString());
    assertEquals("2001:db8::ffff", IpPrefix.of("2001:db8::/112").last().toString());
    assertEquals("::/0", IpPrefix.of("ffff::/0").toString());
    assertTrue(IpPrefix.of("10.0.0.0/8").contains(IpAddress.of("10.255.0.1")));
    for (String wrong :
        List.of("10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/08", "::/129")) {
      assertEquals(Optional.empty(), IpPrefix.parse(wrong), wrong);
    }
  }

  @Test
  void macAddressReadsWritesAndKnowsGroups() {
    assertEquals("02:00:5e:00:53:01", MacAddress.of("02:00:5E:00:53:01").toString());
    assertTrue(MacAddress.BROADCAST.isGroup());
    assertEquals(Optional.empty(), MacAddress.parse("02:00:5e:00:53"));
  }
}
