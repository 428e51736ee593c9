"use client";

import { DaemunError } from "daemun-client";
import { useActionState } from "react";

interface Problem {
  /** Messages by the name of their field. */
  fields: Record<string, string>;
  message?: string;
}

interface FormProps {
  fields: { name: string; label: string; type: string; autoComplete: string }[];
  submit: string;
  /** Throws a `DaemunError` if the service rejects the values. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
}

/** A form that shows rejected fields below their inputs, and any other error above its button. */
export function Form({ fields, submit, onSubmit }: FormProps) {
  const [{ problem, values }, action, isPending] = useActionState(async (_: unknown, data: FormData) => {
    const values = Object.fromEntries(data) as Record<string, string>;
    return { values, problem: await onSubmit(values).then(() => undefined, problemOf) };
  }, { values: {} as Record<string, string>, problem: undefined as Problem | undefined });

  return (
    <form action={action} noValidate>
      {fields.map(({ name, label, ...input }) => (
        <label key={name}>
          {label}
          <input name={name} defaultValue={values[name]} aria-invalid={Boolean(problem?.fields[name])} aria-describedby={`${name}-error`} {...input} />
          <span className="error" id={`${name}-error`}>{problem?.fields[name]}</span>
        </label>
      ))}
      <p className="error" role="alert">{problem?.message}</p>
      <button disabled={isPending}>{submit}</button>
    </form>
  );
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof DaemunError)) return { fields: {}, message: "The login service is unreachable. Please try again." };
  if (error.errors.length === 0) return { fields: {}, message: error.message };
  return { fields: Object.fromEntries(error.errors.map(({ field, message }) => [field, message])) };
}
