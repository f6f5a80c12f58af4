// SPDX-License-Identifier: Apache-2.0
/// What all benchmark programs share: their options, their figures and how these are told. Each
/// program is a main class in the tests of its module; `./gitlb bench NAME` runs it.
@NullMarked
package io.gitlb.schema.bench;

import org.jspecify.annotations.NullMarked;
