// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.demo.net.Host;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// FRR's own word for what it has, asked on the socket of its shell: a process for each question
/// would take the time that is measured.
final class FrrTable implements AutoCloseable {

  private static final Pattern KEPT = Pattern.compile("\"ribCount\":\\s*(\\d+)");
  private static final String QUESTION = "show bgp ipv4 unicast summary json";

  private final SocketChannel socket;
  private final byte[] buffer = new byte[1 << 16];

  private FrrTable(SocketChannel socket) {
    this.socket = socket;
  }

  /// @param router where FRR runs
  static FrrTable open(Host router) {
    Path path = Path.of("/var/run/frr", router.namespace().orElseThrow(), "bgpd.vty");
    try {
      return new FrrTable(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many prefixes it has taken from a neighbour.
  int received(String neighbour) {
    String answer = ask();
    int from = answer.indexOf('"' + neighbour + '"');
    Matcher count = Pattern.compile("\"pfxRcd\":\\s*(\\d+)").matcher(answer);
    return from >= 0 && count.find(from) ? Integer.parseInt(count.group(1)) : 0;
  }

  /// How many prefixes it has, from whomever.
  int size() {
    Matcher count = KEPT.matcher(ask());
    return count.find() ? Integer.parseInt(count.group(1)) : 0;
  }

  /// A question ends with a zero, an answer with three and its success.
  private String ask() {
    try {
      socket.write(ByteBuffer.wrap((QUESTION + "\0").getBytes(StandardCharsets.US_ASCII)));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      while (!isWhole(answer.toByteArray())) {
        int count = socket.read(ByteBuffer.wrap(buffer));
        if (count < 0) {
          throw new IllegalStateException("bgpd has gone");
        }
        answer.write(buffer, 0, count);
      }
      return answer.toString(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWhole(byte[] answer) {
    int n = answer.length;
    return n >= 4 && answer[n - 4] == 0 && answer[n - 3] == 0 && answer[n - 2] == 0;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
