import type { User } from "daemun-client";

declare global {
  namespace App {
    interface Locals {
      user: User | null;
    }
  }
}
