// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.packet;

/// KEEPALIVE: the header alone, 19 octets (RFC 4271 section 4.4).
public record Keepalive() implements Message {}
