// SPDX-License-Identifier: Apache-2.0
/// `gitlb demo`: the whole of GitLB on one machine, with nothing but the distribution.
///
/// [Installation] starts every program as a real process and is used by the end-to-end tests too.
/// The demo tells what it sees from outside (the API server, the Git repository, the speakers'
/// status, the wire); it never reaches into a program.
@NullMarked
package io.gitlb.demo;

import org.jspecify.annotations.NullMarked;
