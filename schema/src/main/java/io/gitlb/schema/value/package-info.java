// SPDX-License-Identifier: Apache-2.0
/// Values that every module shares: addresses, prefixes, ranges, names, selectors. Pure: the JDK
/// only, no clock, no thread, no I/O. Every type is immutable, ordered and prints in the one
/// canonical form that files and messages use.
@NullMarked
package io.gitlb.schema.value;

import org.jspecify.annotations.NullMarked;
