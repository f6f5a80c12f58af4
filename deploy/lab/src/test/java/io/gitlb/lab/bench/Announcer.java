// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

/// A program that tells the router of 10,000 routes. It is ready to before a session begins.
interface Announcer {

  /// For people, and in lower case for the keys of figures.
  String name();

  /// Its own on the segment.
  String address();

  /// Lets it make a session.
  void begin();

  /// Ends the session.
  void end();

  /// The last that it has printed, for people.
  String words();
}
