// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import io.gitlb.schema.value.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One answer line of iputils' `arping`.
///
/// @param line as printed, such as `Unicast reply from 192.0.2.10 [02:00:5E:00:53:01] 0.611ms`
/// @param sender the hardware address that answered
public record ArpReply(String line, MacAddress sender) {

  private static final Pattern REPLY =
      Pattern.compile("(?:Unicast|Broadcast) reply from \\S+ \\[([0-9A-Fa-f:]{17})].*");

  /// All answers in the output of `arping`, in its order.
  public static List<ArpReply> allIn(String output) {
    List<ArpReply> replies = new ArrayList<>();
    Matcher matcher = REPLY.matcher(output);
    while (matcher.find()) {
      replies.add(new ArpReply(matcher.group().strip(), MacAddress.of(matcher.group(1))));
    }
    return List.copyOf(replies);
  }
}
